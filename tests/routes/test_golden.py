"""The golden messages are what the routes answer today. Their README.md says how to renew them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.routes import golden, shapes

FOLDER = Path(__file__).parents[1] / "fixtures" / "wire"
WRITE = "TRAINMON_WRITE_GOLDEN"
SHAPES = {
    "tasks": shapes.TASKS,
    "task": shapes.WHOLE,
    "series": shapes.SERIES,
    "points": shapes.POINTS,
    "logs": shapes.LOGS,
    "marks": shapes.MARKS,
    "sparklines": shapes.SPARKLINES,
    "guide": shapes.GUIDE,
    "expected": shapes.EXPECTED,
}


@pytest.fixture(scope="module")
def messages(wire_messages: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those of today; also written, if that is asked for."""
    found: Mapping[str, Any] = golden.sampled(wire_messages)
    if os.environ.get(WRITE):
        for name, message in found.items():
            text = golden.written(message) + "\n"
            (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
    return found


def files() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def test_each_golden_file_is_a_message_of_the_scene(messages: Mapping[str, Any]) -> None:
    """None is left over from an earlier scene, and each is named after its route."""
    assert files() == sorted(messages)
    assert {name.partition("_")[0] for name in messages} == set(SHAPES)


@pytest.mark.parametrize("name", files())
def test_todays_answer_is_the_golden_one(messages: Mapping[str, Any], name: str) -> None:
    expected = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    found = golden.differences(messages[name], expected)
    assert not found, f"{name}.json ({WRITE}=1 writes it anew):\n" + "\n".join(found[:20])


@pytest.mark.parametrize("name", files())
def test_a_golden_message_has_the_documented_shape(name: str) -> None:
    message = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    shapes.check(message, SHAPES[name.partition("_")[0]], name)
    for part in message.get("messages", ()):
        shapes.check(part, shapes.MESSAGES[part["type"]], f"{name}: {part['type']}")


def test_the_golden_messages_show_every_kind_of_delta(messages: Mapping[str, Any]) -> None:
    (reset,) = messages["points_reset"]["messages"]
    assert reset == {"type": "reset", "reason": "A new attempt began."}
    assert messages["points_nothing"]["messages"] == []
    told = [message["type"] for message in messages["points_delta"]["messages"]]
    assert told == ["task", "points", "logs"]


def test_the_golden_messages_do_not_know_where_they_were_made(
    messages: Mapping[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No folder of this machine is in them."""
    assert str(tmp_path_factory.getbasetemp()) not in golden.written(messages)
