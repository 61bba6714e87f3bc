"""How many steps a task is to take: candidates with their worth, of which the log refutes some.

Never a guess from a schedule. What a record claims is read in ``found/claims.py``; here it is put
into leading steps, and what the steps that were logged contradict is not used.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.claims import (
    Claim,
    claims_of_file,
    claims_of_mapping,
    claims_of_texts,
)
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import ARGUMENTS, TRAINER_STATE, SideFiles, parse_object
from tb_trainmon.tasks.found.total_names import total_names
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.progress.epochs import ends_of_epochs, in_steps
from tb_trainmon.tasks.judged.progress.leading import Leading
from tb_trainmon.tasks.judged.progress.reached import Reached
from tb_trainmon.tasks.judged.progress.siblings import UsualEnd

_HF = "the arguments that the Hugging Face Trainer logged"
_ROUGH = 0.05
_CLOCKS = 60.0  # seconds by which a writer's clock and the file system's may differ
_HF_NAMES = ("max_steps", "num_train_epochs")


class Worth(IntEnum):
    """How much a candidate is worth; the least number the most."""

    TABLE = 0
    RECORD = 1
    DERIVED = 2
    CONFIGURED = 3
    ESTIMATE = 4
    SIBLINGS = 5
    TYPED = 6


@record(frozen=True, slots=True)
class Total:
    """How many steps a task is to take, who says so (a phrase), and what that is worth."""

    steps: int
    source: str
    worth: Worth = Worth.RECORD
    from_zero: bool = False  # the trainer is known to count from 0

    def last_step(self, reached: Reached) -> int:
        """The step that a task which is done has come to: counted from 0, one less."""
        return self.steps - (self.from_zero or reached.from_zero)

    @property
    def is_exact(self) -> bool:
        """Whether a task that has come so far is done: an estimate is none to go by."""
        return self.worth not in (Worth.ESTIMATE, Worth.SIBLINGS)


@record(frozen=True, slots=True)
class Refuted:
    """A candidate that is not used, and why (a phrase)."""

    steps: int
    source: str
    reason: str


@record(frozen=True, slots=True)
class Totals:
    """The total that holds, if one does, and those that do not.

    ``epochs_done`` says which tag has come to the last of the epochs that a record tells.
    """

    total: Total | None = None
    refuted: tuple[Refuted, ...] = ()
    epochs_done: str | None = None

    def beside(self, end: UsualEnd, reached: Reached) -> Totals:
        """The same where siblings ended at ``end``: that counts where nothing better is known."""
        if was_passed(end.step, reached):
            return self
        found = Total(end.step, end.words, Worth.SIBLINGS)
        if self.total is None or self.total.worth > found.worth:
            return Totals(found, self.refuted, self.epochs_done)
        if not _differ(found, self.total):
            return self
        return replace(self, refuted=(*self.refuted, _against(found, self.total)))


def find_totals(
    layout: Layout,
    attempts: Sequence[Attempt],
    leading: Leading,
    side_files: SideFiles | None,
    typed: int | None,
) -> Totals:
    """Weigh what is known of the task's total from itself; ``side_files`` None: not from those."""
    gathered = _Gathered(layout, attempts, leading, side_files)
    candidates = [*gathered.candidates()]
    if typed:
        candidates.append(Total(typed, "typed by you", Worth.TYPED))
    total, refuted = _weigh(candidates, leading.reached) if candidates else (None, ())
    return Totals(total, refuted, gathered.epochs_done)


def _weigh(
    candidates: Sequence[Total], reached: Reached
) -> tuple[Total | None, tuple[Refuted, ...]]:
    """The first of the most worth that the steps do not contradict; the others, if they differ."""
    total: Total | None = None
    refuted: dict[tuple[int, str], Refuted] = {}
    for candidate in sorted(candidates, key=lambda each: each.worth):
        reason = None
        if was_passed(candidate.steps, reached):
            reason = f"step {reached.last:,} is beyond it"
        elif total is None:
            total = candidate
        elif _differ(candidate, total):
            reason = _against(candidate, total).reason
        if reason is not None:
            key = candidate.steps, candidate.source
            refuted.setdefault(key, Refuted(candidate.steps, candidate.source, reason))
    return total, tuple(refuted.values())


def _against(candidate: Total, total: Total) -> Refuted:
    reason = f"against {total.steps:,}: {total.source}"
    return Refuted(candidate.steps, candidate.source, reason)


def _differ(candidate: Total, total: Total) -> bool:
    """Whether one of less worth says otherwise; what is rough may differ a little."""
    if candidate.worth is Worth.TYPED:
        return False
    slack = 0 if candidate.is_exact else _ROUGH * total.steps
    return abs(candidate.steps - total.steps) > slack


def was_passed(steps: int, reached: Reached) -> bool:
    """Whether training went on beyond ``steps``.

    Whole rollouts may end beyond a total: by less than the way from one point to the next.
    """
    last = reached.last
    if last is None or last <= steps:
        return False
    return last - reached.longest_interval >= steps


class _Gathered:
    """All that records, side files and the log itself say of the task's total."""

    def __init__(
        self, layout: Layout, attempts: Sequence[Attempt], leading: Leading, files: SideFiles | None
    ) -> None:
        self._layout = layout
        self._current = attempts[-1] if attempts else None
        self._leading = leading
        self._files = files
        self.epochs_done: str | None = None

    def candidates(self) -> Iterator[Total]:
        """By their worth alone they are not sorted; of one worth, the best comes first."""
        table = self._layout.table
        if table is not None and table.row.total_steps:
            yield Total(table.row.total_steps, "the training_logs table", Worth.TABLE)
        if self._current is not None:
            holds = False
            for claim in self._claims(self._current):
                if holds and claim.is_default:
                    continue
                found = self._in_steps(claim, self._current)
                if found is not None:
                    holds = holds or not was_passed(found.steps, self._leading.reached)
                    yield found
            yield from _of_shares(self._current)
            yield from _of_remaining_time(self._current, self._leading)
        if self._layout.rule.total_steps:
            yield Total(self._layout.rule.total_steps, "trainmon.toml", Worth.CONFIGURED)

    def _claims(self, attempt: Attempt) -> Iterator[Claim]:
        arguments = parse_object(attempt.text(ARGUMENTS))
        yield from claims_of_mapping(arguments, _HF_NAMES, _HF)
        passed_over = (ARGUMENTS,) if arguments is not None else ()
        for part in attempt.parts:
            yield from claims_of_mapping(part.source.hparams, None, "the hyper-parameters")
            yield from claims_of_texts(part.source.texts, passed_over)
        if self._files is not None:
            yield from self._claims_of_side_files(self._files)

    def _claims_of_side_files(self, files: SideFiles) -> Iterator[Claim]:
        for path in self._layout.side_files:
            name = os.path.basename(path)
            if name == TRAINER_STATE:
                yield from self._of_trainer_state(files, path, name)
                continue
            file = total_names().files.get(name)
            if file is not None:
                yield from claims_of_file(_read(files, path), name, file)
        checkpoints = self._layout.checkpoints
        if checkpoints:
            latest = max(checkpoints, key=lambda checkpoint: checkpoint.made_at)
            name = f"checkpoint-{latest.step}/{TRAINER_STATE}"
            path = f"{latest.path}/{TRAINER_STATE}"
            yield from self._of_trainer_state(files, path, name)

    def _of_trainer_state(self, files: SideFiles, path: str, name: str) -> Iterator[Claim]:
        """Left by an earlier attempt, it is worth less than what this one's arguments say."""
        steps = files.max_steps(path)
        if steps is None or self._current is None:
            return
        written = files.modified_at(path) or 0.0
        is_older = written < self._current.started_at - _CLOCKS
        yield Claim(steps, "steps", f"max_steps in {name}", is_older=is_older)

    def _in_steps(self, claim: Claim, attempt: Attempt) -> Total | None:
        """The claim in leading steps; None where it is in another unit and nothing converts it."""
        if claim.unit == "epochs":
            return self._of_epochs(claim, attempt)
        leading = self._leading
        start = leading.first if claim.from_start and leading.base > 0 else 0
        if start:
            source = f"{claim.source}, counted from step {start:,}"
            return Total(start + claim.amount, source, from_zero=True)
        worth = Worth.DERIVED if claim.is_older else Worth.RECORD
        return Total(claim.amount, claim.source, worth)

    def _of_epochs(self, claim: Claim, attempt: Attempt) -> Total | None:
        tag = ends_of_epochs(attempt, claim.amount)
        if tag is not None:
            last = f"'{tag}' has come to epoch {claim.amount - 1:,}, counted from 0"
            self.epochs_done = f"{last}, the last of {claim.amount:,}: {claim.source}"
        found = in_steps(claim, attempt, self._leading)
        if found is not None:
            source = ", ".join(filter(None, (claim.source, found.evidence)))
            worth = Worth.DERIVED if found.exact else Worth.ESTIMATE
            worth = Worth.RECORD if found.exact and not found.evidence else worth
            return Total(found.steps, source, worth)
        if self._ends_at(claim.amount):
            return Total(claim.amount, claim.source, Worth.DERIVED)
        return None

    def _ends_at(self, epochs: int) -> bool:
        """Whether the steps, one by one, have come to this very number: then they are epochs."""
        leading = self._leading
        return leading.interval == 1 and leading.last in (
            epochs,
            epochs - 1 if leading.from_zero else epochs,
        )


def _read(files: SideFiles, path: str) -> dict[str, Any] | None:
    """What a file that may hold a total says, by its form."""
    match os.path.splitext(path)[1]:
        case ".jsonl":
            return files.last_line(path)
        case ".config":
            return files.numbers(path)
        case _:
            return files.yaml(path)


def _of_shares(attempt: Attempt) -> Iterator[Total]:
    """A tag that is the share of the total that is done, as a float32 tells it."""
    for part in attempt.parts:
        for tag in total_names().shares & part.tags.keys():
            recent = part.tags[tag].recent
            step, share = int(recent.step[-1]), float(recent.value[-1])
            if step > 0 and 0.0 < share <= 1.0:
                yield Total(round(step / share), f"{tag}, step / total", Worth.DERIVED)


def _of_remaining_time(attempt: Attempt, leading: Leading) -> Iterator[Total]:
    """detectron2 logs the remaining seconds and the seconds a step: step + eta / time + 1."""
    remaining = _latest(attempt, "eta_s")
    if remaining is None or not remaining[1] >= 0:
        return
    source = "the remaining time that the trainer logged"
    if remaining[1] == 0.0 and leading.from_zero:
        yield Total(remaining[0] + 1, source, Worth.DERIVED)
        return
    pace = _latest(attempt, "step_time")
    if pace is not None and pace[1] > 0:
        yield Total(round(remaining[0] + remaining[1] / pace[1] + 1), source, Worth.ESTIMATE)


def _latest(attempt: Attempt, metric: str) -> tuple[int, float] | None:
    """Step and value of the latest point of a canonical metric's training tag."""
    latest: tuple[float, int, float] | None = None
    for part in attempt.parts:
        for tag in part.said.of_metric(metric):
            facts = part.tags[tag]
            value = float(facts.recent.value[-1]) * facts.meaning.scale
            point = facts.last_wall_time, facts.last_step, value
            latest = max(latest, point) if latest else point
    return latest[1:] if latest else None
