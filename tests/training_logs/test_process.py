"""One process, named by its id and the moment at which it started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tb_trainmon.training_logs import process

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")


def test_a_child_started_just_now() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        started = process.started_at(child.pid)
        assert started is not None
        assert abs(started - time.time()) < process.SAME_START_SECONDS
        assert process.is_running(child.pid, started)
        child.communicate(b"\n")
    assert process.is_running(child.pid, started) is False


def test_a_process_that_was_killed_is_dead_although_nobody_has_asked_for_its_end() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = process.started_at(child.pid)
    child.kill()
    deadline = time.monotonic() + 60
    while process.is_running(child.pid, started) and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        assert Path(f"/proc/{child.pid}").exists()
        assert process.is_running(child.pid, started) is False
        assert process.is_running(child.pid, None) is False
    finally:
        child.communicate()


def test_another_process_with_the_same_id_is_not_the_same() -> None:
    mine = process.started_at(os.getpid())
    assert mine is not None
    assert process.is_running(os.getpid(), mine)
    assert process.is_running(os.getpid(), mine - 100) is False
    assert process.is_running(os.getpid(), None)
