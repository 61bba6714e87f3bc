"""What is said of each task of the list, judged again when its files change or time passes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.tasks.found.layout import TABLE, Layout, TableTask
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.judged.assessment import Assessment, say
from tb_trainmon.tasks.judged.outline import Outline, outline_of
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.progress.siblings import UsualEnd
from tb_trainmon.tasks.judged.shown import shown_by
from tb_trainmon.tasks.judged.status.verdict import Verdict
from tb_trainmon.tasks.listed.families import Member
from tb_trainmon.tasks.listed.glances import Glances, is_out_of_reach
from tb_trainmon.tasks.listed.launch import Launch, launch_of
from tb_trainmon.tasks.listed.limits import Limits, in_doubt
from tb_trainmon.tasks.listed.settled import Settled, is_due, settled
from tb_trainmon.tasks.opened.table.glance import SeenRows, TableGlance, look_together

_FAILED = "TrainMon failed on this task, so nothing is known of it; see TensorBoard's output."

_NO_ROWS = SeenRows()
_ENDED = ("completed", "failed", "stopped")
_BEATS = 60.0  # seconds within which a heartbeat tells by itself that its task runs

_logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Judgement:
    """An assessment, what it was made from, and what could not be read of that.

    ``alone`` is what the task itself shows, ``assessment`` what is said of it beside its siblings,
    which ended at ``usual_end``. ``launch`` is it as one that may go on from another, ``member`` it
    among its siblings: None until that has been worked out. ``is_final``: of its files, or of a
    table's rows, the same will be said later. Where none of them holds a record (Git LFS pointers)
    it is no task; ``problems`` count. ``publication``: when the list was told of it.
    """

    layout: Layout
    at: float
    alone: Assessment
    problems: tuple[Problem, ...]
    rows: SeenRows
    assessment: Assessment
    launch: Launch | None = None
    is_task: bool = True
    is_final: bool = False
    member: Member | None = None
    usual_end: UsualEnd | None = None
    publication: int = 0

    @property
    def last_event_at(self) -> float | None:
        """When it was heard of last."""
        return self.assessment.last_event_at

    @property
    def outline(self) -> Outline:
        """What the list says of it."""
        return outline_of(self.assessment)

    def beside(self, usual_end: UsualEnd | None) -> Judgement:
        """The same where siblings ended at ``usual_end``."""
        if usual_end == self.usual_end:
            return self
        assessment = self.alone.beside(usual_end)
        return replace(self, assessment=assessment, usual_end=usual_end, publication=0)

    def shows(self, layout: Layout, logged: Mapping[int, FilePart]) -> bool:
        """Whether the task, lying on disk as ``layout``, shows what it was judged by: no new file.

        Nor new rows of a table, which by attempt are ``logged``.
        """
        if self.alone.evidence is None or is_out_of_reach(self.problems):
            return False
        same = self.layout is layout or self.layout == layout
        known = [part for part in self.alone.shown.parts if part.source.slot == TABLE]
        return same and list(map(id, known)) == list(map(id, logged.values()))

    def stands(self, layout: Layout, now: float) -> bool:
        """Whether it is still what would be said of the task, lying on disk as ``layout``."""
        same = self.layout is layout or self.layout == layout
        last = self.last_event_at
        live = self.assessment.mode == "live" or last is None or is_out_of_reach(self.problems)
        return same and not live and not is_due(self.at, last or 0.0, now)

    def settled(self, revision: object) -> Judged:
        """It as it is kept: packed, if nothing of it can change by itself but its age.

        ``revision`` is of the database that its rows were read from.
        """
        if self.member is None or not self.is_final or not self.is_task:
            return self
        packed = settled(
            self.at,
            self.alone,
            self.assessment,
            self.usual_end,
            self.member,
            self.launch,
            self.problems,
            self.publication,
            self.rows,
            revision,
        )
        return packed or self


Judged = Judgement | Settled
_Judged = TypeVar("_Judged", bound="Judged")


class Judgements:
    """Judges tasks by the heads and tails of their files. Not for two threads at once."""

    def __init__(self, side_files: SideFiles, clock: Callable[[], float], disks: Disks) -> None:
        self._side_files = side_files
        self._clock = clock
        self._glances = Glances(clock, disks)
        self._limits = Limits(self._glances)
        self._tables: dict[str, TableGlance] = {}
        self._looked_at: set[str] = set()  # those whose tables are as new as they will be
        self._failed: set[str] = set()  # tasks whose failure has been logged

    def can_judge(self, layout: Layout) -> bool:
        """Whether all its files can be glanced at now; remote ones may be on their way."""
        return self._glances.are_ready(layout.runs)

    def look_ahead(self, due: Iterable[tuple[Layout, Judged | None]]) -> None:
        """Ask for what several tasks, which are about to be judged, are judged by, at once.

        Each with what was said of it the last time. Never raises: what goes wrong here goes wrong
        for one of them when that is judged.
        """
        try:
            now = self._clock()
            tables = [
                (layout.id, self._glance_at(layout, before), table)
                for layout, before in due
                if (table := _telling(layout, now))
            ]
            look_together((glance, table) for _, glance, table in tables)
        except Exception:
            _logger.exception("TrainMon failed to look at several tasks at once.")
        else:
            self._looked_at.update(id_ for id_, *_ in tables)

    def judge(self, layout: Layout, before: Judged | None = None) -> Judged:
        """What is to be said of a task now; ``before`` is what was said of it the last time.

        Never raises: a defect of ours costs one task.
        """
        if isinstance(before, Settled):
            return self._guarded(layout, lambda: self._later(layout, before))
        return self._guarded(layout, lambda: self._judged(layout, before))

    def worked_out(self, judgement: Judgement) -> Judgement:
        """The same with what the list asks of it: here, where a defect costs one task."""
        return self._guarded(judgement.layout, lambda: self._worked_out(judgement))

    def settled(self, judgement: Judgement) -> Judged:
        """The same as it is kept. What it was made from is let go if it is packed."""
        layout, log = judgement.layout, self._tables.get(judgement.layout.id)
        kept = self._guarded(layout, lambda: judgement.settled(log.revision if log else None))
        if isinstance(kept, Settled):
            self._glances.let_go(layout.runs)
            self._tables.pop(layout.id, None)
        return kept

    def whole(self, judged: Judged) -> Judgement:
        """All that was judged: read once more where it is not kept. Safe from any thread."""
        if isinstance(judged, Judgement):
            return judged
        return self._guarded(judged.layout, lambda: self._recalled(judged))

    def _guarded(self, layout: Layout, make: Callable[[], _Judged]) -> _Judged | Judgement:
        try:
            return make()
        except Exception:  # whatever it is, the other tasks are to be listed
            if layout.id not in self._failed:
                _logger.exception("TrainMon failed on the task %r.", layout.id)
            self._failed.add(layout.id)
            return _unknown(layout, self._side_files, self._clock())

    def _worked_out(self, judgement: Judgement) -> Judgement:
        shown, alone = judgement.alone.shown, judgement.alone
        _ = shown.lead_value, shown.loss
        if alone.evidence is not None:  # it is not one of those that we failed on
            self._failed.discard(judgement.layout.id)
        judgement.member = Member(judgement.layout.id, alone.leading.tag, alone.end)
        return judgement

    def beside(self, judged: Judged, usual_end: UsualEnd | None) -> Judged:
        """What is to be said of it where siblings ended at ``usual_end``. Never raises either."""
        try:
            return judged.beside(usual_end)
        except Exception:
            _logger.exception("TrainMon failed on the siblings of %r.", judged.layout.id)
            return judged

    def _later(self, layout: Layout, before: Settled) -> Judged:
        log = self._log(layout, before)
        later = None
        if log is None or log.knows_last_only:
            self._tables.pop(layout.id, None)
            later = before.later(layout, self._clock())
        if later is None:
            return self._judged(layout, None)
        later.revision = log.revision if log else None
        return later

    def _recalled(self, judged: Settled) -> Judgement:
        layout = judged.layout
        files = ((run, file) for run in layout.runs for file in run.files)
        seen = [self._glances.look(run, file, judged.at) for run, file in files]
        log = TableGlance()
        table = _telling(layout, judged.at)
        if table:
            with suppress(DatabaseUnreadable):  # somebody waits for what can be had
                log.refresh(table)
        logged = log.parts(table) if table else {}
        shown = shown_by(layout, [part for glanced in seen for part in glanced.parts], logged)
        known_limit = self._limits.of(layout)
        alone = say(shown, self._side_files, judged.at, known_limit=known_limit)
        found = Judgement(layout, judged.at, alone, judged.problems, log.seen(), alone)
        return found.beside(judged.usual_end)

    def _judged(self, layout: Layout, before: Judgement | None) -> Judgement:
        seen = [self._glances.of(run, file) for run in layout.runs for file in run.files]
        now = self._clock()
        log = self._log(layout)
        logged = log.parts(layout.table) if log and layout.table else {}
        if before is not None and before.shows(layout, logged):
            shown, launch = before.alone.shown, before.launch
        else:
            parts = [part for glanced in seen for part in glanced.parts]
            shown = shown_by(layout, parts, logged)
            launch = launch_of(shown)
        known_limit = self._limits.of(layout)
        assessment = say(shown, self._side_files, now, known_limit=known_limit)
        if known_limit is None and in_doubt(assessment):
            assessment = assessment.knowing(self._limits.learn(layout))
        rows = log.seen() if log else _NO_ROWS
        problems = tuple([problem for glanced in seen for problem in glanced.problems])
        is_task = layout.table is not None or any(glanced.is_readable for glanced in seen)
        is_final = all(glanced.is_final for glanced in seen) and bool(seen or rows.ids[-1])
        return Judgement(
            layout,
            now,
            assessment,
            problems,
            rows,
            assessment,
            launch,
            is_task,
            is_final,
        )

    def forget_all_but(self, layouts: Mapping[str, Layout]) -> None:
        """Drop what is known of tasks and files that are gone."""
        self._glances.forget_all_but(_paths(layouts.values()))
        self._limits.forget_all_but(layouts)
        self._failed &= layouts.keys()
        for gone in self._tables.keys() - layouts.keys():
            del self._tables[gone]

    def _log(self, layout: Layout, before: Judged | None = None) -> TableGlance | None:
        """The table's rows of a task, where they tell something."""
        table = _telling(layout, self._clock())
        if table is None:
            return None
        log = self._glance_at(layout, before)
        if layout.id not in self._looked_at:
            look_together([(log, table)])
        self._looked_at.discard(layout.id)
        return log

    def _glance_at(self, layout: Layout, before: Judged | None) -> TableGlance:
        """What is known of the rows of a task, which was judged ``before``."""
        log = self._tables.get(layout.id)
        if log is None:
            if isinstance(before, Settled) and before.lies_as(layout):
                log = before.glance()
            else:
                log = TableGlance()
            self._tables[layout.id] = log
        return log


def _telling(layout: Layout, now: float) -> TableTask | None:
    """The table, where its rows may tell what neither event files nor a heartbeat do: it runs."""
    table = layout.table
    if table is None or not layout.runs:
        return table
    beat = table.row.heartbeat_at
    beats = beat is not None and now - beat <= _BEATS
    return None if beats or table.row.status in _ENDED else table


def _unknown(layout: Layout, side_files: SideFiles, now: float) -> Judgement:
    """What is said of a task that we failed on: that, and when its files were written last."""
    written = max((f.modified_at for run in layout.runs for f in run.files), default=None)
    nothing = shown_by(replace(layout, table=None), ())
    shown = replace(nothing, layout=layout, last_event_at=written)
    assessment = Assessment(shown, side_files, Verdict("stopped", _FAILED))
    problems = (Problem("internal", layout.id, _FAILED),)
    member = Member(layout.id, None, None)
    return Judgement(layout, now, assessment, problems, _NO_ROWS, assessment, member=member)


def _paths(layouts: Iterable[Layout]) -> Iterator[str]:
    return (file.path for layout in layouts for run in layout.runs for file in run.files)
