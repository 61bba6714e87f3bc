"""A disk that fails for a while: what it did not give is read when it does, though unchanged."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tb_trainmon.event_files import disk
from tests.tasks.scenes import NOW, Stage


def fails(patch: pytest.MonkeyPatch, what: str, error: int) -> None:
    """Opening a file whose path holds ``what`` fails, as a handle of NFS does that is stale."""
    enter = disk._LocalFile.__enter__

    def stale(file: disk._LocalFile) -> disk._LocalFile:
        if what in file._path:
            raise OSError(error, os.strerror(error), file._path)
        return enter(file)

    patch.setattr(disk._LocalFile, "__enter__", stale)


@pytest.mark.parametrize("error", [errno.ESTALE, errno.EIO, errno.EACCES, errno.ENOENT])
@pytest.mark.parametrize("others", [False, True])
def test_a_file_is_tried_again_though_it_looks_as_before(
    tmp_path: Path, error: int, others: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path / "logs", NOW + 500_000)
    stage.file(pid=77).train(range(10, 60, 10), NOW + 100)
    if others:
        stage.file(created=NOW - 100, pid=1).train(range(10), NOW - 50)
    with monkeypatch.context() as patch:
        fails(patch, ".77.", error)
        for _ in range(3):
            told = stage.listed()
            assert [task.step for task in told.values()] == ([9] if others else [])
            missing = error == errno.ENOENT
            assert stage.problems() == ["file_missing" if missing else "file_unreadable"]
    stage.advance(31.0)
    assert stage.listed()["run"].step == 50
    assert stage.problems() == []
    assert stage.opened().assessment.step == 50


def test_a_configuration_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path / "logs")
    stage.file().train(range(10), NOW)
    (stage.logdir / "trainmon.toml").write_text("[[task]]\npattern = 'run'\ntotal_steps = 77\n")
    with monkeypatch.context() as patch:
        fails(patch, "trainmon.toml", errno.EACCES)
        assert stage.problems() == ["config_unreadable"]
    assert stage.problems() == []
    assert stage.opened().assessment.total is not None
