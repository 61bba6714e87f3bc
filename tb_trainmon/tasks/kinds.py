"""What a task trains, and which metrics a practitioner of that looks at first.

Evidence is what the tags say (names of metrics, hints) and the model that the trainer recorded; a
``trainmon.toml`` comes before both. The table is ``kinds.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from tb_trainmon.core.record import record
from tb_trainmon.tasks.metric_names import (
    Meaning,
    hints_of,
    measure_names,
    measures_like,
)

#: Stands in an order for the loss of the one that another plays against: it has no name.
ADVERSARY = "@adversary"
_SETS_KEPT = 1 << 12


@record(frozen=True, slots=True)
class Kind:
    """A kind of training, and the sentence that says why.

    ``order`` and ``goals`` name metrics, best first; "*" stands for any measure of quality, and
    "a|b" for the first of these that there is. A part of the metric ``stand_in`` leads where there
    is no whole of it. ``doubts``: metrics that it does not have: what only may mean one of them
    ("score") is none. ``neither``: metrics that are no better where they are smaller, as they are
    elsewhere: the losses of two that play against one another, or of a policy that trains on its
    own samples.
    """

    name: str
    reason: str
    order: tuple[str, ...]
    goals: tuple[str, ...]
    stand_in: str | None = None
    doubts: frozenset[str] = frozenset()
    neither: frozenset[str] = frozenset()

    def leads_among(self, names: Iterable[str]) -> list[str]:
        """Those of ``names`` that lead, in order."""
        return list(_among(self.order, frozenset(names)))

    def goals_among(self, names: Iterable[str]) -> list[str]:
        """Those of ``names`` by which its evaluations may be compared, best first."""
        return list(_among(self.goals, frozenset(names)))


@record(frozen=True, slots=True)
class _Rule:
    kind: Kind
    every: frozenset[str]
    some: tuple[str, ...]
    none: frozenset[str]

    def found(self, evidence: frozenset[str]) -> list[str] | None:
        """What of the evidence shows this kind; None where it does not."""
        some = [thing for thing in self.some if thing in evidence]
        if not self.every <= evidence or self.none & evidence or (self.some and not some):
            return None
        return some


def kind_names() -> tuple[str, ...]:
    """All kinds, the unknown last."""
    return tuple(dict.fromkeys(rule.kind.name for rule in _rules()))


def kind_called(name: str, reason: str) -> Kind:
    """The kind of this name, for another reason than its own."""
    known = next(rule.kind for rule in _rules() if rule.kind.name == name)
    return replace(known, reason=reason)


def evidence_of(tags: Iterable[tuple[str, Meaning]], models: Iterable[str]) -> frozenset[str]:
    """What tags and the models that a trainer recorded (as text) say of the kind."""
    found: set[str] = set()
    for tag, meaning in tags:
        if meaning.role == "bookkeeping":
            continue
        found |= hints_of(tag)
        if meaning.name is not None:
            found.add(meaning.name if meaning.proves else f"maybe:{meaning.name}")
        if meaning.part_of is not None and meaning.role == "train":
            found.add(f"part:{meaning.part_of}")
    found.update(f"model:{kind}" for text in models if (kind := model_kind(text)))
    return frozenset(found)


@lru_cache(_SETS_KEPT)
def kind_of(evidence: frozenset[str]) -> Kind:
    """The first kind that the evidence shows."""
    for rule in _rules():
        found = rule.found(evidence)
        if found is not None:
            return _because(rule.kind, found)
    raise AssertionError("the last kind of the table has no condition")


def _because(kind: Kind, found: Sequence[str]) -> Kind:
    said = [*dict.fromkeys(_said(thing) for thing in found)][:2]
    return replace(kind, reason=kind.reason.format(found=" and ".join(said)))


def _said(thing: str) -> str:
    what, _, name = thing.rpartition(":")
    if what == "model":
        return "such a model's configuration"
    if what == "part":
        return f"parts of a {name}"
    if what == "hint":
        return f"tags of {name}"
    return name.removeprefix("eval_").replace("_", " ")


@lru_cache(_SETS_KEPT)
def model_kind(text: str) -> str | None:
    """What the configuration of a model says that it is for."""
    for kind, pattern in _models():
        if pattern.search(text):
            return kind
    return None


@lru_cache(_SETS_KEPT)
def _among(order: tuple[str, ...], names: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_expanded(order, sorted(names))))


def _expanded(order: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    for wanted in order:
        if "*" not in wanted:
            yield from [name for name in wanted.split("|") if name in names][:1]
            continue
        prefix = wanted.removesuffix("*")
        for name in names:
            if name.startswith(prefix) and name.removeprefix(prefix) in measure_names():
                yield name


@cache
def _models() -> list[tuple[str, re.Pattern[str]]]:
    return [(kind, re.compile(pattern)) for kind, pattern in _table()["models"]]


@cache
def _table() -> Mapping[str, Any]:
    text = files("tb_trainmon.tasks").joinpath("kinds.json").read_text("utf-8")
    table: Mapping[str, Any] = json.loads(text)
    return table


@cache
def _rules() -> tuple[_Rule, ...]:
    rows, doubts = _table()["kinds"], _table()["doubts"]
    orders = {row["kind"]: row for row in reversed(rows) if "lead" in row}
    return tuple(
        _Rule(
            Kind(
                row["kind"],
                row["reason"],
                _with_alike((row if "lead" in row else orders[row["kind"]])["lead"]),
                _with_alike((row if "goal" in row else orders[row["kind"]])["goal"]),
                orders[row["kind"]].get("stand_in"),
                frozenset(m for d in doubts if row["kind"] not in d["of"] for m in d["metrics"]),
                frozenset((row if "lead" in row else orders[row["kind"]]).get("neither", ())),
            ),
            frozenset(row.get("all", ())),
            _with_alike(row.get("any", ())),
            frozenset(_with_alike(row.get("none", ()))),
        )
        for row in rows
    )


def _with_alike(names: Iterable[str]) -> tuple[str, ...]:
    """``names``, each with the measures behind it that are read like it."""
    return tuple(alike for name in names for alike in _alike(name))


def _alike(name: str) -> Iterable[str]:
    first_of = name.split("|")
    return ("|".join(_with_alike(first_of)),) if len(first_of) > 1 else measures_like(name)
