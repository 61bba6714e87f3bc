"""Tasks of remote log directories: as on disk, and never in the way of those that are on disk."""

from __future__ import annotations

import time
from math import inf
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon.event_files import glance as glance_module
from tb_trainmon.event_files.glance import Glance
from tb_trainmon.event_files.remote import logdir
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.service import Tasks
from tests.event_files.remote.scenes import Later
from tests.stores import S3, memory_folder
from tests.tasks.scenes import NOW, Stage, attempts_of, steps, told

LONG_AFTER = 1_795_400_000.0


class Slow:
    """TrainMon with ``--logdir_spec``, over stores that answer when the test says so."""

    def __init__(self, spec: str) -> None:
        self.now = NOW
        self.later = Later()
        disks = Disks(self._clock, self.later)
        side_files = SideFiles(disks)
        roots = roots_from_flags("", spec)
        catalogue = Catalogue(
            roots, Databases(), side_files, self._clock, disks=disks, patience=inf
        )
        self.tasks = Tasks(catalogue, side_files, self._clock)

    def _clock(self) -> float:
        return self.now

    def answer(self) -> None:
        """Let the stores answer what they were asked."""
        self.later.finish()

    def listed(self) -> set[str]:
        """The tasks that are listed now."""
        self.now += 5.0
        return {task.layout.id for task in self.tasks.listing().tasks}

    def codes(self) -> list[str]:
        """The problems of the list, as they were last."""
        return [problem.code for problem in self.tasks.listing().problems]


def test_real_logs_are_the_same_tasks_in_a_store(real_logs: Path) -> None:
    here = Stage(real_logs, now=LONG_AFTER)
    there = Stage(real_logs, now=LONG_AFTER, store=memory_folder())
    local, remote = here.listed(), there.listed()
    assert remote.keys() == local.keys()
    for task_id, task in local.items():
        assert told(remote[task_id]) == told(task)
    for task_id in ("transformers_v5/interrupt_resume/tb", "lightning/full/my_model/version_0"):
        assert steps(there.opened(task_id)) == steps(here.opened(task_id))
        assert there.opened(task_id).assessment.problems == ()


def test_a_live_run_in_s3_is_followed(tmp_path: Path, s3: S3) -> None:
    """Whoever trains copies the log directory to the store from time to time."""
    (tmp_path / "logs").mkdir()
    stage = Stage(tmp_path / "logs", now=time.time(), store=s3.folder())
    file = stage.file().train(range(1, 11), stage.now)
    assert steps(stage.opened()) == list(range(1, 11))
    assert stage.listed()["run"].verdict.status == "running"
    cursor = stage.opened().cursor
    file.train(range(11, 21), stage.now)
    opened = stage.opened()
    assert steps(opened) == list(range(1, 21))
    assert opened.since(cursor) is not None, "what is appended is no reset"
    assert stage.listed()["run"].step == 20
    stage.close()


def test_a_run_in_s3_that_starts_again_in_a_new_file_has_a_new_attempt(
    tmp_path: Path, s3: S3
) -> None:
    (tmp_path / "logs").mkdir()
    stage = Stage(tmp_path / "logs", store=s3.folder())
    stage.file(pid=1).train(range(10, 31, 10), NOW)
    assert attempts_of(stage.judged()) == [("first", 0, 30)]
    stage.file(created=NOW + 100.0, pid=2).train(range(10, 31, 10), NOW + 100.0)
    assert attempts_of(stage.judged()) == [("first", 0, 30), ("restart", 0, 30)]
    stage.close()


def test_checkpoints_are_folders_with_something_in_them(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    stage = Stage(tmp_path / "logs", store=memory_folder())
    stage.file().train(range(10, 31, 10), NOW)
    folder = stage.logdir / "run" / "checkpoint-20"
    folder.mkdir()
    (folder / "trainer_state.json").write_text('{"log_history": [], "max_steps": 50}')
    task = stage.judged()
    assert [checkpoint.step for checkpoint in task.layout.checkpoints] == [20]
    assert task.total is not None
    assert (task.total.steps, task.total.source) == (
        50,
        "max_steps in trainer_state.json",
    )
    stage.close()


def test_a_database_in_a_store_is_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "training_logs.db").write_bytes(b"SQLite format 3\0")
    stage = Stage(tmp_path / "logs", store=memory_folder())
    stage.file().train(range(3), NOW)
    assert stage.problems() == ["database_unreadable"]
    (problem,) = stage.tasks.listing().problems
    assert "--trainmon_db" in problem.message
    assert "TRAINMON_DB_URL" in problem.message
    assert list(stage.listed()) == ["run"]
    stage.close()


def test_local_tasks_are_there_while_a_store_is_slow_or_wrong(stage: Stage) -> None:
    store = memory_folder()
    stage.file("here").train(range(10, 31, 10), NOW)
    stage.file("there").train(range(10, 31, 10), NOW)
    store.mirror(stage.logdir / "there")
    slow = Slow(f"{stage.logdir / 'here'},far:{store.url},wrong:nonsense://x")
    assert slow.listed() == {"."}
    assert slow.codes() == ["remote_first_look", "remote_first_look"]
    slow.answer()
    assert slow.listed() == {".", "far"}
    assert slow.codes() == ["remote_scheme"]


def test_a_task_is_listed_when_all_its_files_were_looked_at(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before that its status would be a guess. The newest files come first."""
    monkeypatch.setattr(logdir, "_BATCH", 1)
    stage.file("a", created=NOW).train(range(3), NOW)
    stage.file("b", created=NOW + 50.0).train(range(3), NOW + 50.0)
    stage.file("a", created=NOW + 99.0, uid=1).train(range(3, 6), NOW + 99.0)
    store = memory_folder()
    store.mirror(stage.logdir)
    slow = Slow(store.url)
    shown: list[set[str]] = []
    glance = glance_module.glance

    def look(*file: Any, **how: Any) -> Glance:
        shown.append(slow.listed())
        return glance(*file, **how)

    monkeypatch.setattr(logdir, "glance", look)
    slow.listed()
    slow.later.next()
    shown.append(slow.listed())
    assert shown == [set(), set(), {"b"}, {"a", "b"}]
