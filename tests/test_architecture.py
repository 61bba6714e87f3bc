"""docs/architecture.md leads to rooms and modules that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_DOCUMENT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
_PLACES = ("", "tb_trainmon", "tb_trainmon/tasks")
_NAMED = re.findall(r"`([\w/]+(?:/|\.(?:py|json|ts|md)))`", _DOCUMENT)


@pytest.mark.parametrize("named", sorted(set(_NAMED)))
def test_what_it_names_is_there(named: str) -> None:
    beside = [ROOT / place / named for place in _PLACES]
    anywhere = ROOT.glob(f"tb_trainmon/**/{named}")
    assert any(path.exists() for path in beside) or any(anywhere)


def test_every_room_has_its_row() -> None:
    rooms = {path.parent.name for path in (ROOT / "tb_trainmon").glob("*/__init__.py")}
    told = set(re.findall(r"^\| `(\w+)/` \|", _DOCUMENT, re.MULTILINE))
    assert told == rooms
