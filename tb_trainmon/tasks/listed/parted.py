"""Tasks of several launch folders that are trainings of their own: they ran side by side.

``<out>/runs`` is where the Hugging Face Trainer puts every launch of one training, and where
torch's writer puts whatever a script trains. Names do not tell the two apart: where one was trained
from scratch while another was being trained, or where one process went on to the next without the
arguments that a trainer logs anew, the folder is a place for trainings, and each is a task.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tb_trainmon.tasks.found.grouping import Run, is_launch_folder
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import ARGUMENTS
from tb_trainmon.tasks.judged.attempts.launches import Writer, has_process, writer
from tb_trainmon.tasks.judged.attempts.order import TOGETHER
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.shown import Shown

_RUNS = "runs"  # what a log directory is called whose own folders are launches


@dataclass(slots=True)
class _Launch:
    """What the training in one launch folder shows. Times in seconds since the epoch."""

    from_scratch: bool
    begin: float = float("inf")
    end: float = float("-inf")
    writers: dict[Writer, int] = field(default_factory=dict)  # with their count of writers
    hosts: set[str | None] = field(default_factory=set)
    has_arguments: bool = False

    def add(self, part: FilePart) -> None:
        """Take over what a part of it shows."""
        self.begin = min(self.begin, part.first_wall_time)
        self.end = max(self.end, part.last_wall_time)
        self.hosts.add(writer(part)[0])
        self.has_arguments |= ARGUMENTS in part.source.texts
        if has_process(part):
            self.writers.setdefault(writer(part), part.source.file.name.uid or 0)


class Parted:
    """Which tasks are several; learned from what they show, kept from then on."""

    def __init__(self) -> None:
        self._parted: set[str] = set()
        self._heirs: dict[str, str] = {}
        self._has_news = False

    def parted(self, layouts: dict[str, Layout]) -> dict[str, Layout]:
        """``layouts`` with a task for each launch folder of those that are several."""
        self._parted &= layouts.keys()
        if not self._parted:
            self._heirs = {}
            return layouts
        found: dict[str, Layout] = {}
        heirs: dict[str, str] = {}
        for id_, layout in layouts.items():
            if id_ not in self._parted:
                found[id_] = layout
                continue
            parts = dict(_parts(layout))
            found.update(parts)
            heirs[id_] = max(parts.values(), key=_launched_at).id
        self._heirs = heirs
        return found

    def heir(self, id_: str) -> str | None:
        """Of what was one task ``id_``, the part that was launched last: for whoever looks at it.

        None where it has not been parted.
        """
        return self._heirs.get(id_)

    def look(self, task: Shown) -> None:
        """See whether it is several: a task that is new, or shows something else than it did."""
        if may_be_parted(task.layout) and _are_several(task):
            self._parted.add(task.layout.id)
            self._has_news = True

    def learn(self) -> bool:
        """Whether more of them were seen to be several since this was asked last."""
        learned, self._has_news = self._has_news, False
        return learned


def may_be_parted(layout: Layout) -> bool:
    """Whether nothing but the names of launch folders makes one task of its runs."""
    if len(layout.runs) < 2 or layout.table is not None or layout.rule.pattern is not None:
        return False
    tops = {_top(run.path, run.slot) for run in layout.runs}
    return len(tops) > 1 and all(is_launch_folder(top, _RUNS) for top in tops)


def may_hold(id_: str, layout: Layout) -> bool:
    """Whether the task ``id_`` is, or may become, one of those that ``layout`` is parted into."""
    return may_be_parted(layout) and (id_ == layout.id or id_ in dict(_parts(layout)))


def _are_several(task: Shown) -> bool:
    launches = sorted(_launches(task).values(), key=lambda launch: launch.begin)
    return any(
        _is_another_training(launch, before)
        for index, launch in enumerate(launches)
        for before in launches[:index]
    )


def _is_another_training(launch: _Launch, before: _Launch) -> bool:
    slack = 0.0 if launch.hosts & before.hosts else TOGETHER
    if launch.from_scratch and launch.begin < before.end - slack:
        return True
    both = launch.writers.keys() & before.writers.keys()
    went_on = any(launch.writers[each] > before.writers[each] for each in both)
    return went_on and not launch.has_arguments


def _launches(task: Shown) -> dict[str, _Launch]:
    found: dict[str, _Launch] = {}
    for execution in task.executions:
        for part in execution.files.parts:
            if part.trains:
                top = _top(part.source.run, part.source.slot)
                found.setdefault(top, _Launch(execution.base <= 0)).add(part)
    return found


def _parts(layout: Layout) -> Iterator[tuple[str, Layout]]:
    """By id, a layout for each launch folder. Checkpoints beside them are nobody's."""
    by_top: dict[str, list[Run]] = {}
    for run in layout.runs:
        by_top.setdefault(_top(run.path, run.slot), []).append(run)
    for top, runs in by_top.items():
        id_ = _qualified(top, layout.id)
        folders = {os.path.dirname(file.path) for run in runs for file in run.files}
        side_files = tuple(f for f in layout.side_files if os.path.dirname(f) in folders)
        yield (
            id_,
            replace(
                layout, id=id_, name=id_, runs=tuple(runs), side_files=side_files, checkpoints=()
            ),
        )


def _launched_at(layout: Layout) -> float:
    return max((f.name.created or 0.0 for run in layout.runs for f in run.files), default=0.0)


def _top(path: str, slot: str) -> str:
    """The launch folder of a run that lies at ``slot`` in it."""
    return path[: len(path) - len(slot)].rstrip("/") if slot else path


def _qualified(top: str, id_: str) -> str:
    """The id of a launch folder of the task ``id_``, which may begin with its root's name."""
    home = top.rpartition("/")[0].rpartition("/")[0]
    root = id_.removesuffix(home).rstrip("/") if home else id_.removesuffix(".")
    return f"{root}/{top}" if root else top
