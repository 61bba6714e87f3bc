"""A log directory that trainers write while a test's clock runs: write, advance, expect."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionStartInfo
from tensorboard.summary.writer import event_file_writer
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tb_trainmon.core.columns import Column
from tb_trainmon.core.times import plausible
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.judged.assessment import Assessment, say
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.metrics.sources import loss_of
from tb_trainmon.tasks.judged.outline import outline_of
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.shown import shown_by
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.opened.memory_budget import DEFAULT_BUDGET
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.tasks.service import Tasks
from tests.stores import Folder, at_once

NOW = 1_700_000_000.0
HOURS = 3600.0


class LogFile:
    """An event file, written by TensorBoard's own writer; process and times are the test's.

    ``pid`` None gives the name that tensorboardX and TF1 use. What is written is flushed, and the
    file's modification is that of its last event.
    """

    def __init__(
        self,
        folder: Path,
        created: float = NOW,
        *,
        host: str = "node",
        pid: int | None = 100,
        uid: int = 0,
        suffix: str = "",
    ) -> None:
        process = "" if pid is None else f".{pid}.{uid}"
        self.path = folder / f"events.out.tfevents.{int(created)}.{host}{process}{suffix}"
        self._last = created
        with mock.patch.object(event_file_writer, "time", SimpleNamespace(time=lambda: created)):
            self._writer = EventFileWriter(str(folder))
        # The writer opens its file by name for every event.
        Path(self._writer._file_name).rename(self.path)
        self._writer._general_file_writer.filename = os.fsencode(self.path)
        self._flush()

    def log(self, step: int, at: float, scalars: Mapping[str, float]) -> LogFile:
        """One event with these scalars, as Keras, Lightning or torch write them."""
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in scalars.items()]
        return self.event(at, step=step, summary=Summary(value=values))

    def train(
        self, steps: range, at: float, *, every: float = 1.0, tag: str = "train/loss"
    ) -> LogFile:
        """A falling loss at each of ``steps``, one each ``every`` seconds, the first at ``at``."""
        for n, step in enumerate(steps):
            self.log(step, at + n * every, {tag: 4.0 / (1 + step)})
        return self

    def text(self, tag: str, text: str, at: float | None = None) -> LogFile:
        """A text summary."""
        plugin = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
        tensor = TensorProto(dtype="DT_STRING", string_val=[text.encode()])
        value = Summary.Value(tag=tag, metadata=plugin, tensor=tensor)
        return self.event(at or self._last, summary=Summary(value=[value]))

    def hparams(self, values: Mapping[str, float], at: float | None = None) -> LogFile:
        """Hyper-parameters of the hparams plugin."""
        start = SessionStartInfo()
        for name, value in values.items():
            start.hparams[name].number_value = value
        content = HParamsPluginData(session_start_info=start).SerializeToString()
        data = SummaryMetadata.PluginData(plugin_name="hparams", content=content)
        value = Summary.Value(
            tag="_hparams_/session_start_info", metadata=SummaryMetadata(plugin_data=data)
        )
        return self.event(at or self._last, summary=Summary(value=[value]))

    def session_start(self, step: int, at: float) -> LogFile:
        """The writer says that training begins here, as with ``purge_step``."""
        return self.event(at, step=step, session_log=SessionLog(status=SessionLog.START))

    def event(self, at: float, **what: Any) -> LogFile:
        """Any event."""
        self._writer.add_event(Event(wall_time=at, **what))
        if plausible(at):  # a disk has no other time
            self._last = max(self._last, at)
        self._flush()
        return self

    def close(self) -> LogFile:
        """End the writer's thread."""
        self._writer.close()
        return self

    def _flush(self) -> None:
        self._writer.flush()
        os.utime(self.path, (self._last, self._last))


class Stage:
    """A log directory, a clock, and TrainMon looking at it.

    With a ``store``, what TrainMon looks at is that: a remote log directory that holds, at every
    question, what ``logdir`` does.
    """

    def __init__(self, logdir: Path, now: float = NOW, store: Folder | None = None) -> None:
        self.logdir = logdir
        self.now = now
        self._store = store
        self._files: list[LogFile] = []
        self.tasks = self.look()

    def look(
        self,
        *,
        logdir: Path | str | None = None,
        spec: str = "",
        budget: int = DEFAULT_BUDGET,
        database: str | None = None,
        config: str | None = None,
    ) -> Tasks:
        """TrainMon, started anew."""
        usual = self._store.url if self._store else self.logdir
        flag = "" if spec else str(usual if logdir is None else logdir)
        roots = roots_from_flags(flag, spec)
        disks = Disks(lambda: self.now, start=at_once, rest=1.0)
        side_files = SideFiles(disks)
        catalogue = Catalogue(
            roots,
            Databases(database),
            side_files,
            lambda: self.now,
            config,
            disks,
            patience=inf,
            effort=lambda: 0.0,  # on a busy machine scans would rest longer than a scene waits
        )
        self.tasks = Tasks(catalogue, side_files, lambda: self.now, budget)
        return self.tasks

    def file(self, run: str = "run", created: float | None = None, **name: Any) -> LogFile:
        """A new event file in the run ``run``."""
        folder = self.logdir / run
        folder.mkdir(parents=True, exist_ok=True)
        file = LogFile(folder, self.now if created is None else created, **name)
        self._files.append(file)
        return file

    def close(self) -> None:
        """End all writers."""
        for file in self._files:
            file.close()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def listed(self) -> dict[str, Assessment]:
        """The list of tasks, by id, after the pause that a scan may ask for."""
        self._let_time_pass()
        return whole_list(self.tasks)

    def problems(self) -> list[str]:
        """The codes of all problems of the list."""
        self._let_time_pass()
        return [problem.code for problem in self.tasks.listing().problems]

    def opened(self, task_id: str = "run") -> OpenTask:
        """The task, opened and up to date. One thread, so its lock need not be held."""
        self._let_time_pass()
        with self.tasks.opened(task_id) as task:
            return task

    def _let_time_pass(self) -> None:
        """The pause that a scan may ask for; and whoever copies logs to a store has done so."""
        self.now += 2.0
        if self._store:
            self._store.mirror(self.logdir)

    def judged(self, task_id: str = "run") -> Assessment:
        """What is said of a task; the list and the opened task must say the same."""
        listed, opened = self.listed()[task_id], self.opened(task_id).assessment
        assert told(listed) == told(opened)
        assert quick_loss(opened) == next((m for m in opened.metrics if m.name == "loss"), None)
        return opened


def whole_list(tasks: Tasks) -> dict[str, Assessment]:
    """The list, by id, with all that each task was judged by; what is kept of it says the same."""
    told, catalogue = {task.layout.id: task for task in tasks.listing().tasks}, tasks._catalogue
    whole = {j.layout.id: catalogue.whole(j).assessment for j in catalogue.judgements(told)}
    assert all(repr(outline_of(whole[id_])) == repr(task) for id_, task in told.items())
    return {id_: whole[id_] for id_ in told}


def quick_loss(task: Assessment) -> Metric | None:
    """The loss as the list finds it, without the other metrics."""
    attempts = [execution.files for execution in task.executions]
    return loss_of(attempts, task.layout.rule.metrics)


def told(task: Assessment) -> dict[str, object]:
    """What readers are told of a task, without what only all of its points can tell."""
    return {
        "status": task.verdict.status,
        "step": task.step,
        "total": task.total,
        "launches": task.launches_without_scalars,
        "attempts": [
            (a.number, a.kind, a.status, a.start_step, a.last_step, a.shift, a.started_at)
            for a in task.attempts
        ],
        "ended": [a.ended_at for a in task.attempts],
        "changed": [dict(a.changed) for a in task.attempts],
        "metrics": task.metrics,
        "offered": task.offered,
        "last_event_at": task.last_event_at,
        "started_at": task.started_at,
        "facts": task.facts,
        "loss": str(task.loss),  # NaN is NaN
    }


def attempts_of(task: Assessment) -> list[tuple[str, int, int | None]]:
    """Each attempt: what it is, where it starts, how far it came."""
    return [(a.kind, a.start_step, a.last_step) for a in task.attempts]


def columns(task: OpenTask, metric: str) -> Column:
    """All points of a metric."""
    return task.series(metric).points.points


def steps(task: OpenTask, metric: str = "loss") -> list[int]:
    """The steps of a metric's points, in the order of x."""
    return [int(step) for step in columns(task, metric).step]


def xs(task: OpenTask, metric: str = "loss") -> list[int]:
    """The accumulated steps of a metric's points."""
    return [int(x) for x in task.series(metric).points.x]


def values(task: OpenTask, metric: str = "loss") -> list[float]:
    """The values of a metric's points."""
    return [float(value) for value in columns(task, metric).value]


def assess(
    layout: Layout, parts: Sequence[FilePart], side_files: SideFiles, now: float
) -> Assessment:
    """What is said at ``now`` of a task whose files are ``parts``."""
    return say(shown_by(layout, parts), side_files, now)
