"""The table of kinds asks for what there can be, and explains what it says."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from tb_trainmon.tasks.kinds import kind_names
from tb_trainmon.tasks.metric_names import canonical_names

TABLE: dict[str, Any] = json.loads(files("tb_trainmon.tasks").joinpath("kinds.json").read_text())
_WORDS: dict[str, Any] = json.loads(
    files("tb_trainmon.tasks.metric_names").joinpath("roles.json").read_text("utf-8")
)


def test_each_key_is_explained_and_used() -> None:
    assert TABLE.keys() - {"about", "keys", "keys_of_kinds"} == TABLE["keys"].keys()
    assert {key for row in TABLE["kinds"] for key in row} == TABLE["keys_of_kinds"].keys()


def test_each_condition_may_hold() -> None:
    """A name that no tag can mean, and a hint of no words, would never be found."""
    metrics = canonical_names()
    there = {
        *metrics,
        *(f"{doubt}:{name}" for doubt in ("maybe", "part") for name in metrics),
        *(f"hint:{hint}" for hint in _WORDS["hints"]),
        *(f"model:{kind}" for kind, _ in TABLE["models"]),
    }
    asked = {
        thing
        for row in TABLE["kinds"]
        for key in ("all", "any", "none")
        for thing in row.get(key, ())
    }
    assert sorted(asked - there) == []
    assert {f"hint:{hint}" for hint in _WORDS["hints"]} <= asked, "a hint that no kind asks for"


def test_models_and_doubts_are_of_kinds_that_there_are() -> None:
    named = {kind for kind, _ in TABLE["models"]} | {k for d in TABLE["doubts"] for k in d["of"]}
    assert sorted(named - {*kind_names()}) == []
