"""What a browser fetches of the front end for the first screen, and what it may fetch later."""

from __future__ import annotations

import gzip
import re
import zipfile
from pathlib import Path

import pytest

from build_support import front_end

#: Bytes, compressed: of the entry, the tab, and the larger of the two pages.
BUDGET = 60_000

#: What TensorBoard imports, and what serves all tabs as a shared worker.
ENTRIES = ("index.js", "live_worker.js")
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
    parts = parts_of(built)
    files = [built / "index.js", parts["tab"], parts[page]]

    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= BUDGET


def test_there_is_no_file_that_has_to_come_before_another(built: Path) -> None:
    parts = parts_of(built)

    assert set(parts) == {"tab", *PAGES, *LATER}
    for alone in (*ENTRIES, parts["tab"]):
        assert imported(built / alone) == set()
    for name in PAGES:
        assert imported(parts[name]) == {parts["tab"].name}
    for name in LATER:
        assert imported(parts[name]) <= {parts["tab"].name, parts["task_page"].name}


def test_the_entry_asks_for_all_of_the_first_screen_at_once(built: Path) -> None:
    """By the base of the frame, for there are two ways to it."""
    asked = re.findall(
        r'import\(document\.baseURI\+"assets/(\w+)-', (built / "index.js").read_text()
    )

    assert asked == ["tab", "task_page", "overview"]


def test_every_file_that_is_asked_for_later_is_in_the_wheel(built: Path, wheel: Path) -> None:
    asked = re.compile(r"import\((?:document\.baseURI\+)?[`'\"](?:\./)?([\w./-]+)[`'\"]\)")
    packed = set(zipfile.ZipFile(wheel).namelist())
    sources = [built / "index.js", *parts_of(built).values()]
    names = {
        (source.parent / name).resolve().relative_to(built.resolve()).as_posix()
        for source in sources
        for name in asked.findall(source.read_text("utf-8"))
    }

    assert names == {
        "live_worker.js",
        *(f"assets/{parts_of(built)[name].name}" for name in ("tab", *PAGES, *LATER)),
    }
    assert {f"tb_trainmon/static/{name}" for name in names} <= packed
