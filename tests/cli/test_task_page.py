"""One task in the terminal: the times that are ahead of it, in the words of the reader's clock."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tb_trainmon.cli.task_page import rendered

WIRE = Path(__file__).parents[1] / "fixtures" / "wire"


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The reader's clock is Berlin's."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def page(now: float, **changed: object) -> str:
    """A golden task that runs, with other values, at 100 columns."""
    task = json.loads((WIRE / "task_live.json").read_text(encoding="utf-8")) | changed
    console = Console(width=100)
    with console.capture() as shown:
        console.print(rendered(task, console, now))
    return shown.get()


def at(text: str) -> float:
    return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M"))


def test_what_comes_next_and_what_a_crash_costs_stand_below_the_finishing_time() -> None:
    now = at("2026-11-30 14:00")
    shown = page(now, next_evaluation_at=now + 250, next_checkpoint_at=now - 5, at_risk_s=38 * 60.0)
    assert "Next evaluation in 4 min 10 s. Next checkpoint now." in shown
    assert "A crash now would cost 38 min." in shown
    quiet = page(now, next_evaluation_at=None, next_checkpoint_at=None, at_risk_s=None)
    assert "next" not in quiet.lower()
    assert "crash" not in quiet


def test_the_trainers_own_goodput_says_whose_it_is() -> None:
    told = {"the_trainer's_own_goodput": "81%; tpu initialization 6%"}
    shown = page(at("2026-11-30 14:00"), facts=told)
    assert "The trainer's own goodput  81%; tpu initialization 6%" in shown


def test_an_end_behind_the_change_to_summer_time_is_told_by_the_clock_of_that_day() -> None:
    """28 March 2027: from 02:00 the clock goes to 03:00, so six hours end at 07:00, not 06:00."""
    now = at("2027-03-28 00:00")
    eta = {"low_s": 5 * 3600.0, "high_s": 7 * 3600.0, "finish_at": now + 6 * 3600.0}
    assert "5 h 00 min to 7 h 00 min left, done at about 07:00" in page(now, eta=eta)


def test_an_end_days_ahead_has_its_date() -> None:
    now = at("2026-11-30 14:00")
    eta = {"low_s": 27.5 * 3600, "high_s": 29 * 3600, "finish_at": now + 28 * 3600.0}
    assert "1 d 3 h to 1 d 5 h left, done at about Dec 1, 18:00" in page(now, eta=eta)


def test_a_writers_wrong_clock_is_not_read_as_the_readers() -> None:
    now = at("2026-11-30 14:00")
    wrong = {"last_event_at": now - 10 - 108_000, "started_at": now - 600 - 108_000}
    shown = page(now, clock_off_s=-108_000.0, **wrong)
    assert "Last event  13:59 (10 s ago)" in shown
    assert "Started     13:50 (10 min ago)" in shown
