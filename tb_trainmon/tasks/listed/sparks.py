"""Sparklines: the course of a task's leading metric, over all its attempts, in a few dozen values.

The list of tasks shows one in each row that is in sight, so it must cost what a row may cost,
however much a task has logged. A small task is read as a whole, as if somebody opened it; of a
large one windows are read, evenly spaced over the bytes of its files; one that is open has its
points at hand; the rows of a task that has only those are kept for the list anyway. Remote files
are not waited for.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray, column
from tb_trainmon.core.record import record
from tb_trainmon.event_files.batch import Batch
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.event_files.samples import samples
from tb_trainmon.event_files.scan import FoundFile
from tb_trainmon.event_files.urls import is_remote
from tb_trainmon.series.accumulate import by_step
from tb_trainmon.series.course import course, mean
from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.parts.hidden_nans import HIDING_TAG, filters_nans, hidden
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.listed.judgements import Judged, Judgement

if TYPE_CHECKING:
    from tb_trainmon.tasks.opened.open_task import OpenTask

VALUES = 48
_WHOLE = 4 << 20  # bytes of files of one task that are read as a whole
_WINDOW = 1 << 14  # bytes of a sample
_WIDER = 1 << 17  # ... where most of those show no point of it
_REST = 5.0  # seconds that the sparkline of a task that grows stays as it is, at the least
_KEPT = 4096  # sparklines

_log = logging.getLogger(__name__)


@record(frozen=True, slots=True)
class Sparkline:
    """Means of ``metric``, NaN where none was finite. ``whole``: made of all points."""

    metric: str
    values: tuple[float, ...]
    whole: bool


_Signature = tuple[object, ...]


@record(frozen=True, slots=True)
class Made:
    """A sparkline (None: nothing leads) of a task's files as they were at some time."""

    signature: _Signature
    at: float
    sparkline: Sparkline | None

    def stands(self, signature: _Signature, now: float) -> bool:
        """Whether nothing has been logged since, or it is too soon to look again."""
        return self.signature == signature or 0.0 <= now - self.at < _REST


class Sparks:
    """The sparklines of the tasks that were looked at last. Safe to ask from any thread.

    Two that ask for the same at the same time both work for it: no lock is held meanwhile.
    """

    def __init__(self, side_files: SideFiles, clock: Callable[[], float], disks: Disks) -> None:
        self._side_files = side_files
        self._clock = clock
        self._disks = disks
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Made] = OrderedDict()

    def known(self, judged: Judged) -> Made | None:
        """What was made of the task before, if that still is what would be made of it."""
        with self._lock:
            known = self._known.get(judged.layout.id)
        if known is None or not known.stands(_signature(judged), self._clock()):
            return None
        return known

    def make(self, judgement: Judgement, opened: OpenTask | None) -> Made:
        """The sparkline of a task that was judged, and may be open."""
        signature = _signature(judgement)
        try:
            sparkline = self._made(judgement, opened)
        except Exception:  # noqa: BLE001  a defect of ours is one row without a line, no more
            _log.exception("TrainMon failed to draw a sparkline of %r.", judgement.layout.id)
            sparkline = None
        made = Made(signature, self._clock(), sparkline)
        self._keep(judgement.layout.id, made)
        return made

    def _keep(self, id_: str, made: Made) -> None:
        with self._lock:
            self._known[id_] = made
            self._known.move_to_end(id_)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)

    def _made(self, judgement: Judgement, opened: OpenTask | None) -> Sparkline | None:
        if opened is not None and opened.has_all_rows:
            return _of_opened(opened)
        assessment = judgement.assessment
        lead = assessment.lead_metric
        if lead is None:
            return None
        if lead.slot == TABLE:
            rows = judgement.rows.points(judgement.layout.table)
            values = [_of_rows(rows, part, lead) for part in _parts(assessment, lead)]
            value = np.concatenate([np.empty(0), *values])
            whole = judgement.rows.whole
            return _sparkline(lead.name, course(value, VALUES), whole=whole) if len(value) else None
        files = list({p.source.file.path: p.source.file for p in _parts(assessment, lead)}.values())
        if any(is_remote(file.path) for file in files):
            return _of_recent(assessment, lead)
        if sum(file.size for file in files) <= _WHOLE:
            return self._read(judgement)
        return _sampled(lead.name, files, _Reading(assessment, lead))

    def _read(self, judgement: Judgement) -> Sparkline | None:
        """Of all points, read as those of a task that is opened, and let go."""
        # Late: the first list has no sparklines.
        from tb_trainmon.tasks.opened.open_task import OpenTask  # noqa: PLC0415

        # Rows of the table may be many, and say nothing that the files do not.
        layout = replace(judgement.layout, table=None)
        task = OpenTask(layout, self._side_files, self._clock, self._disks.patient())
        task.refresh(layout)
        return _of_opened(task)


def _signature(judged: Judged) -> _Signature:
    """What changes when there are new points."""
    files = (file for run in judged.layout.runs for file in run.files)
    seen = ((file.path, file.size, file.modified_at) for file in files)
    return (*seen, *judged.rows.ids)


def _of_opened(task: OpenTask) -> Sparkline | None:
    lead = next(iter(task.assessment.lead), None)
    return None if lead is None else _whole(lead, task.series(lead).points.value)


def _whole(metric: str, value: FloatArray) -> Sparkline | None:
    return _sparkline(metric, course(value, VALUES), whole=True) if len(value) else None


def _sparkline(metric: str, values: Sequence[float] | FloatArray, *, whole: bool) -> Sparkline:
    return Sparkline(metric, tuple(float(f"{value:.6g}") for value in values), whole)


def _parts(assessment: Assessment, lead: Metric) -> Iterator[FilePart]:
    """The parts that have the leading metric, attempt by attempt."""
    for execution in assessment.executions:
        for part in execution.files.parts:
            if lead.is_in(part):
                yield part


def _of_rows(rows: Mapping[int, Mapping[str, Column]], part: FilePart, lead: Metric) -> FloatArray:
    """The leading metric in the table's rows of one attempt."""
    points = rows[part.source.file.name.uid or 0][lead.tag]
    return np.asarray(by_step(points).value * lead.scale)


def _of_recent(assessment: Assessment, lead: Metric) -> Sparkline | None:
    """Of a few points, which a glance has seen all; None where there are more."""
    reading = _Reading(assessment, lead)
    parts = list(_parts(assessment, lead))
    if any(part.tags[lead.tag].points > len(part.tags[lead.tag].recent) for part in parts):
        return None
    seen = [{tag: facts.recent for tag, facts in part.tags.items()} for part in parts]
    return _whole(
        lead.name, np.concatenate([np.empty(0), *(reading.values(tags) for tags in seen)])
    )


class _Reading:
    """Reads the leading metric in what was seen of a file."""

    def __init__(self, assessment: Assessment, lead: Metric) -> None:
        self._lead = lead
        self._norms = self._evaluations = ""
        parts = (part for execution in assessment.executions for part in execution.files.parts)
        if lead.tag == HIDING_TAG and filters_nans(parts):
            tags = {m.name: m.tag for m in assessment.metrics if m.slot == lead.slot}
            self._norms, self._evaluations = tags.get("grad_norm", ""), tags.get("eval_loss", "")

    def values(self, seen: Mapping[str, Column]) -> FloatArray:
        """Its values in ``seen``, points by tag: NaN where the trainer hid one."""
        points = by_step(seen.get(self._lead.tag, column()))
        value = points.value * self._lead.scale
        if self._norms or self._evaluations:
            norms, evaluations = (
                seen.get(tag, column()) for tag in (self._norms, self._evaluations)
            )
            value = np.where(hidden(points, norms, evaluations), np.nan, value)
        return np.asarray(value)


def _sampled(metric: str, files: Sequence[FoundFile], reading: _Reading) -> Sparkline | None:
    """Of windows, as evenly spaced over the bytes of all files as sparkline's values are."""
    found: list[FloatArray] = []
    for width in (_WINDOW, _WIDER):
        found.clear()
        for file, offsets in _windows(files, width):
            try:
                batches = samples(file.path, offsets, width)
            except OSError:  # the list has said so already
                continue
            found += [values for values in _values(batches, reading) if len(values)]
        if len(found) > VALUES // 2:
            break
    return _sparkline(metric, [mean(values) for values in found], whole=False) if found else None


def _values(batches: Sequence[Batch], reading: _Reading) -> Iterator[FloatArray]:
    return (reading.values(batch.scalars) for batch in batches)


def _windows(files: Sequence[FoundFile], width: int) -> Iterator[tuple[FoundFile, list[int]]]:
    """Where to read: in each file those of the windows that lie in it."""
    ends = np.cumsum([file.size for file in files])
    places = np.linspace(0, max(int(ends[-1]) - width, 0), VALUES).astype(np.int64)
    of_file = np.searchsorted(ends, places, side="right")
    for number in np.unique(of_file).tolist():
        file = files[number]
        begin = int(ends[number]) - file.size
        last = max(file.size - width, 0)
        yield file, [min(int(place) - begin, last) for place in places[of_file == number]]
