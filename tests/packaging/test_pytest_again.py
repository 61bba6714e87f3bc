"""A test that failed beside others is asked again alone; all that failed is named."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from build_support import pytest_again


class Runs:
    """Stands for the runs of pytest, each with the code it ends with and the tests that fail."""

    def __init__(self, last_failed: Path) -> None:
        self._last_failed = last_failed
        self.to_come: list[tuple[int, list[str]]] = []
        self.asked: list[list[str]] = []

    def run(self, command: list[str], **_options: object) -> object:
        self.asked.append(command[command.index("pytest") + 1 :])
        code, failed = self.to_come.pop(0)
        self._last_failed.write_text(json.dumps(dict.fromkeys(failed, True)))
        return SimpleNamespace(returncode=code)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    runs = Runs(tmp_path / "lastfailed")
    monkeypatch.setattr(pytest_again, "LAST_FAILED", tmp_path / "lastfailed")
    monkeypatch.setattr(subprocess, "run", runs.run)
    return runs


@pytest.mark.parametrize("again", [0, 1])
def test_a_test_that_failed_beside_others_is_asked_again_alone_and_named(
    again: int, runs: Runs, capfd: pytest.CaptureFixture[str]
) -> None:
    runs.to_come = [(1, ["a::b"]), (again, ["a::b"] if again else [])]
    order: list[str] = []
    assert pytest_again.main(["-n", "3"], alone=lambda: order.append(str(runs.asked))) == again
    assert runs.asked == [["-n", "3"], ["a::b"]]
    assert order == ["[['-n', '3']]"]  # waited for the others after the first run
    assert ("RACED   a::b" in capfd.readouterr().out) == (not again)


@pytest.mark.parametrize(
    ("ended", "failed"),
    [(0, []), (1, ["a", "b", "c", "d"]), (1, []), (2, ["a"])],
    ids=["well", "many", "nobody knows which", "stopped"],
)
def test_nothing_is_asked_again_for_another_reason(
    ended: int, failed: list[str], runs: Runs
) -> None:
    runs.to_come = [(ended, failed)]
    assert pytest_again.main([]) == ended
    assert len(runs.asked) == 1


def test_what_failed_some_other_day_is_not_asked(runs: Runs, tmp_path: Path) -> None:
    (tmp_path / "lastfailed").write_text('{"old": true}')
    runs.to_come = [(1, ["new"]), (0, [])]
    assert pytest_again.main([]) == 0
    assert runs.asked == [[], ["new"]]
