"""``trainmon status --watch``, on a terminal and in a pipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_trainmon import TaskLogger
from tests.cli.terminal import CTRL_C, Terminal, piped


def test_watching_follows_a_task_until_it_has_ended(tmp_path: Path) -> None:
    """In a terminal; the code is then that of the status."""
    with TaskLogger(tmp_path, task="job", total_steps=50) as log:
        log.step(10, loss=3.5)
        terminal = Terminal(
            "status", "--watch", "--task", "job", "--logdir", tmp_path, "--interval", "0.2"
        )
        terminal.wait_for("Step 10 of 50")
        log.step(20, loss=3.25)
        terminal.wait_for("Step 20 of 50")
        log.step(50, loss=3.0)
    assert terminal.end() == 0
    assert "completed" in terminal.screen
    # The screen that was there before is back, with the last picture on it.
    before, _, after = terminal.raw.rpartition("\x1b[?1049l")
    assert "\x1b[?1049h" in before
    assert "Step 50 of 50" in after


@pytest.mark.parametrize("width", [40, 80, 200])
def test_ctrl_c_ends_watching_without_a_word(one_of_each: Path, width: int) -> None:
    terminal = Terminal("status", "--watch", "--logdir", one_of_each, columns=width, rows=12)
    terminal.wait_for("▶ running")
    terminal.press(CTRL_C)
    assert terminal.end() == 130
    assert "Traceback" not in terminal.screen
    assert terminal.raw.rstrip().count("\x1b[?1049l") == 1
    assert "\x1b[?25h" in terminal.raw  # the cursor is back


def test_a_closed_terminal_or_a_kill_leaves_the_screen_as_it_was(one_of_each: Path) -> None:
    terminal = Terminal("status", "--watch", "--logdir", one_of_each)
    terminal.wait_for("▶ running")
    terminal.process.terminate()
    assert terminal.end() == 143
    assert "\x1b[?1049l" in terminal.raw


def test_a_low_terminal_shows_as_many_tasks_as_it_has_room_for(one_of_each: Path) -> None:
    terminal = Terminal("status", "--watch", "--logdir", one_of_each, columns=160, rows=6)
    terminal.wait_for("more task")
    terminal.press(CTRL_C)
    terminal.end()
    assert "and 1 more task " in terminal.screen or "and 2 more tasks " in terminal.screen


def test_watching_into_a_pipe_is_a_line_for_each_change(tmp_path: Path) -> None:
    asked = ("status", "--watch", "--task", "job", "--interval", "0.2", "--logdir", tmp_path)
    with TaskLogger(tmp_path, task="job", total_steps=50) as log:
        log.step(10, loss=3.5)
        with piped(*asked) as pipe:
            assert "▶ running  job at step " in pipe.line()
            log.step(50, loss=3.0)
            log.close()
            told = pipe.rest()
    assert ["✓ completed  job at step 50 of 50: " in line for line in told] == [True], told
    assert pipe.process.returncode == 0
