"""What a browser fetches of the front end for the first screen, and what it may fetch later."""

from __future__ import annotations

import gzip
import re
import zipfile
from pathlib import Path

import pytest

from build_support import front_end

#: Bytes, compressed: of the entry and the larger of the two pages.
BUDGET = 60_000

PAGES = ("overview", "task_page")
#: What only follows the first screen, or waits for a click.
LATER = (
    *("training_log", "all_scalars", "bar_popups", "chart_popups", "insight_details", "no_task"),
)


@pytest.fixture(scope="module")
def built() -> Path:
    assert front_end.is_current(), "The front end is not built; `make build` does it."
    return front_end.STATIC


def parts_of(built: Path) -> dict[str, Path]:
    """The files beside the entry, by their names without the hash of their content."""
    return {path.stem[:-9]: path for path in (built / "assets").iterdir()}


def imported(file: Path) -> set[str]:
    """The names of the files that this one imports as soon as it is loaded."""
    return {
        Path(name).name
        for name in re.findall(r'(?:from|import)\s*"([^"]+)"', file.read_text("utf-8"))
    }


@pytest.mark.parametrize("page", PAGES)
def test_the_first_load_keeps_its_budget(built: Path, page: str) -> None:
    files = [built / "index.js", parts_of(built)[page]]

    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= BUDGET


def test_there_is_no_file_that_has_to_come_before_another(built: Path) -> None:
    parts = parts_of(built)

    assert set(parts) == {*PAGES, *LATER}
    assert imported(built / "index.js") == set()
    for name in PAGES:
        assert imported(parts[name]) == {"index.js"}
    for name in LATER:
        assert imported(parts[name]) <= {"index.js", parts["task_page"].name}


def test_every_file_that_is_asked_for_later_is_in_the_wheel(built: Path, wheel: Path) -> None:
    asked = re.compile(r"import\([`'\"]\./([\w./-]+)[`'\"]\)")
    packed = set(zipfile.ZipFile(wheel).namelist())
    sources = [built / "index.js", *parts_of(built).values()]
    names = {
        (source.parent / name).relative_to(built).as_posix()
        for source in sources
        for name in asked.findall(source.read_text("utf-8"))
    }

    assert len(names) == len(PAGES) + len(LATER)
    assert {f"tb_trainmon/static/{name}" for name in names} <= packed
