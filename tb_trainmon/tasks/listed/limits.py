"""How long a silence a task of the list may have, where the ends of its files cannot tell.

A pause that comes rarely lies between head and tail, where the list does not look. Whether there
may be one is told by the time that the pace at the end leaves over. Where that alone decides
whether a task runs, its files are read once to their ends; what is kept of them is the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tb_trainmon.core.columns import Column
from tb_trainmon.tasks.found.grouping import Run
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.shown import shown_by
from tb_trainmon.tasks.judged.status.pulse import GAPS, Limit
from tb_trainmon.tasks.listed.glances import Glances

_SILENT = ("completed", "stopped")


class Limits:
    """What all points of tasks have shown, until their files change."""

    def __init__(self, glances: Glances) -> None:
        self._glances = glances
        self._known: dict[str, tuple[tuple[Run, ...], Limit | None]] = {}

    def of(self, layout: Layout) -> Limit | None:
        """What was learned of a task as it is now; None where nothing was."""
        runs, limit = self._known.get(layout.id, ((), None))
        return limit if runs == layout.runs else None

    def learn(self, layout: Layout) -> Limit | None:
        """Read a task's files to their ends, once; None where one is too large or remote."""
        runs, limit = self._known.get(layout.id, ((), None))
        if runs != layout.runs:
            limit = self._read(layout)
            self._known[layout.id] = layout.runs, limit
        return limit

    def forget_all_but(self, task_ids: Collection[str]) -> None:
        """Drop tasks that are gone."""
        for gone in self._known.keys() - set(task_ids):
            del self._known[gone]

    def _read(self, layout: Layout) -> Limit | None:
        parts: list[FilePart] = []
        scalars: dict[str, Mapping[str, Column]] = {}
        for run in layout.runs:
            for file in run.files:
                whole = self._glances.whole(run, file)
                if whole is None:
                    return None
                parts += whole[0]
                scalars[file.path] = whole[1]

        def columns(part: FilePart, tag: str) -> Column:
            return scalars[part.source.file.path][tag][part.cut[tag]]

        return shown_by(layout, parts, columns=columns).pulse.limit


def in_doubt(task: Assessment) -> bool:
    """Whether it fell silent for longer than it may, unless it makes pauses that were not seen."""
    evidence = task.evidence
    if evidence is None or evidence.silence is None or task.verdict.status not in _SILENT:
        return False
    if evidence.is_alive or (evidence.sign is not None and evidence.sign.final):
        return False
    # What is unexplained is no longer than the attempt: of a long dead task, nothing is looked at.
    silent, pulse = evidence.silence.seconds, evidence.pulse
    return silent <= GAPS * pulse.span and silent <= GAPS * pulse.unexplained
