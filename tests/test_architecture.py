"""docs/architecture.md leads to rooms and modules that are there; so does what else is written."""

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


_SOURCES = ("tb_trainmon", "frontend/src", "frontend/tests", "tests", "build_support")
_DOCUMENTS = [ROOT / "README.md", ROOT / "frontend/README.md", *ROOT.glob("docs/**/*.md")]


@pytest.fixture(scope="module")
def sources() -> str:
    """The paths of all sources, a line each."""
    found = [path for place in _SOURCES for path in (ROOT / place).rglob("*.[pt][ys]*")]
    found += ROOT.glob("frontend/*.ts")
    return "".join(f"/{path.relative_to(ROOT).as_posix()}\n" for path in found)


@pytest.mark.parametrize(
    "document", sorted(path.relative_to(ROOT).as_posix() for path in _DOCUMENTS)
)
def test_the_sources_that_a_document_names_are_there(document: str, sources: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`([\w./]+\.(?:py|pyx|ts|tsx))`", text)
    assert [name for name in named if f"/{name}\n" not in sources] == []
