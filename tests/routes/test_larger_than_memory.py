"""A task larger than the memory that it may take is told to the last bit as any other."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_trainmon.core import stored
from tb_trainmon.core.columns import Column
from tb_trainmon.core.stored import KeptColumn, Store
from tb_trainmon.tasks.opened import memory_budget
from tests.bench.make_logs import TAGS, write_file
from tests.routes.site import Clock, Site

POINTS = 4_000  # of each of two tags; pieces of 2,000 are read
NOW = 1_796_000_000.0


def event_file(folder: Path, launch: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    return folder / f"events.out.tfevents.{1_795_000_000 + launch * 10_000}.host.7.{launch}"


def write(path: Path, first: int, last: int, number: int = 0) -> None:
    """Two tags at these steps, behind what is there; half a second a step."""
    piece = path.parent / "piece"
    write_file(piece, first, last, number, "torch", TAGS[:2])
    with path.open("ab") as file:
        file.write(piece.read_bytes())
    piece.unlink()


def one_file(folder: Path) -> None:
    write(event_file(folder), 1, POINTS)


def resumed(folder: Path) -> None:
    write(event_file(folder), 1, POINTS)
    write(event_file(folder, 1), POINTS // 2, POINTS * 2, number=10_000)


def restarted_inside(folder: Path) -> None:
    write(event_file(folder), 1, POINTS)
    write(event_file(folder), POINTS // 2, POINTS, number=10_000)


def late_points(folder: Path) -> None:
    write(event_file(folder), 1, POINTS)
    write(event_file(folder), 100, 101)
    write(event_file(folder), POINTS, POINTS + 100)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_budget, "_LEAST", 2_000)
    monkeypatch.setattr(stored, "_WORTH", 500)
    monkeypatch.setattr("tb_trainmon.event_files.cursor.CHUNK", 1 << 14)


def answers(site: Site) -> dict[str, Any]:
    """Whatever is told of the task; without what differs from one TensorBoard to the next."""
    zoom = {"ema": 0.6, "ma": 5, "x_min": POINTS // 4, "x_max": POINTS // 2, "view": "all"}
    asked: dict[str, dict[str, Any]] = {
        "task": {},
        "series": {"ema": 0.6, "ma": 5},
        "series whole": {"ema": 0.9, "ma": 1, "view": "all"},
        **{f"series by {axis}": {**zoom, "axis": axis} for axis in ("accumulated", "step")},
        "series by time": {"axis": "active", "x_min": 100, "x_max": 1500, "view": "all"},
        "logs": {},
        "marks": {},
    }
    found: dict[str, Any] = {
        name: site.answer(name.split()[0], task="run", **given).json
        for name, given in asked.items()
    }
    for answer in found.values():
        answer.pop("cursor", None)
    return found


@pytest.mark.parametrize("scene", [one_file, resumed, restarted_inside, late_points])
def test_it_answers_as_one_that_fits(tmp_path: Path, scene: Callable[[Path], None]) -> None:
    scene(tmp_path / "run")
    fits, larger = Site(tmp_path, Clock(NOW)), Site(tmp_path, Clock(NOW), budget=40_000)
    assert answers(larger) == answers(fits)
    last = max((tmp_path / "run").iterdir())
    write(last, 3 * POINTS, 3 * POINTS + 50, number=30_000)
    assert answers(larger) == answers(fits)


def test_its_points_are_not_in_memory(tmp_path: Path) -> None:
    one_file(tmp_path / "run")
    site = Site(tmp_path, Clock(NOW), budget=40_000)
    site.get("series", task="run", ema=0.6, ma=5)
    (task,) = site.tasks.open_now()
    small = Site(tmp_path, Clock(NOW))
    small.get("series", task="run", ema=0.6, ma=5)
    (whole,) = small.tasks.open_now()
    assert task.memory < whole.memory - 2 * POINTS * 16  # times and values


def test_a_task_that_fits_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Store, points: Column) -> list[Column]:
        raise AssertionError("it was put away")

    monkeypatch.setattr(Store, "put", refused)
    one_file(tmp_path / "run")
    Site(tmp_path, Clock(NOW), budget=2 * 2 * POINTS * 24 + 1_000_000).get("series", task="run")


def test_where_no_file_can_be_made_it_stays_in_memory_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Store, points: Column) -> list[Column]:
        raise OSError(28, "No space left on device")

    one_file(tmp_path / "run")
    expected = answers(Site(tmp_path, Clock(NOW)))
    monkeypatch.setattr(Store, "put", full)
    found = answers(Site(tmp_path, Clock(NOW), budget=40_000))
    (problem,) = found["task"].pop("problems")
    expected["task"].pop("problems")
    assert problem["code"] == "memory_exceeded"
    assert "No space left on device" in problem["message"]
    assert found == expected


def test_rewritten_it_is_read_anew(tmp_path: Path) -> None:
    one_file(tmp_path / "run")
    site = Site(tmp_path, Clock(NOW), budget=40_000)
    site.get("series", task="run")
    path = event_file(tmp_path / "run")
    shutil.copy(path, tmp_path / "copy")
    path.unlink()
    write(path, 1, POINTS + 7)
    (tmp_path / "copy").unlink()
    series = site.get("series", task="run", metric="loss")["series"]["loss"]
    assert series["total_points"] == POINTS + 7
    assert np.all(np.diff(series["step"]) == 1)


def test_many_short_series_are_left_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To put them away would free nothing, again and again."""

    def refused(self: KeptColumn, store: Store) -> None:
        raise AssertionError("it was put away")

    monkeypatch.setattr(KeptColumn, "put_away", refused)
    write(event_file(tmp_path / "run"), 1, 450)
    Site(tmp_path, Clock(NOW), budget=1_000).get("series", task="run")
