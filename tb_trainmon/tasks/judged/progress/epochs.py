"""How many leading steps an epoch takes, where the log shows both."""

from __future__ import annotations

import math

import numpy as np

from tb_trainmon.core.columns import Column, FloatArray, IntArray, concatenate
from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.claims import Claim
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.progress.leading import Leading

_DIGITS = 0.01  # transformers <= 4.36 rounds the epoch that it logs to two digits
_ROUGH = 0.01  # by how much of itself a total may be uncertain that is said at all
_ALIKE = 2  # so many epochs of one length show how long an epoch is


@record(frozen=True, slots=True)
class Conversion:
    """So many steps for a number of epochs, and by which evidence (a phrase).

    ``exact``: a whole number follows from it, not an estimate.
    """

    steps: int
    evidence: str
    exact: bool = True


def in_steps(claim: Claim, attempt: Attempt, leading: Leading) -> Conversion | None:
    """The leading steps of ``claim.amount`` epochs; None where the log does not show them."""
    if claim.steps_per_epoch is not None:
        return _at(claim.amount, claim.steps_per_epoch)
    points = _epoch_points(attempt)
    if (
        claim.step_is_epoch
        or _counts_epochs(leading, points)
        or (not len(points) and _is_validated(attempt, leading))
    ):
        return Conversion(claim.amount, "")
    if not len(points):
        return _beside(claim.amount, attempt, leading)
    if not _shares_the_counter(points, leading):
        each = _steps_between(points, leading.points)
        return _at(claim.amount, each) if each is not None else None
    if _is_fractional(points.value):
        return _of_shares(claim.amount, points)
    return _of_whole_epochs(claim.amount, points)


def _epoch_points(attempt: Attempt) -> Column:
    """The known points of the attempt's ``epoch``, those of step and epoch 0 left out."""
    found = [
        Column(f.recent.step, f.recent.wall_time, f.recent.value * f.meaning.scale)
        for part in attempt.parts
        for f in part.tags.values()
        if f.meaning.metric == "epoch" and f.meaning.role == "train"
    ]
    points = concatenate(found)
    usable = np.isfinite(points.value) & (points.value >= 0) & (points.step >= 0)
    order = np.flatnonzero(usable)
    return points.take(order[np.argsort(points.step[order], kind="stable")])


def _counts_epochs(leading: Leading, points: Column) -> bool:
    """Whether a leading step is an epoch: by its tag, or as the logged epoch is the step."""
    if (leading.tag or "").startswith("epoch_"):
        return True
    distance = points.value - points.step
    alike = len(points) > 1 and bool(np.all(distance == distance[0])) and abs(distance[0]) <= 1
    return alike and points.step[-1] > points.step[0] and _shares_the_counter(points, leading)


def _is_validated(attempt: Attempt, leading: Leading) -> bool:
    """Whether each step, one by one, ended with an evaluation: so do epochs."""
    first, last = leading.first, leading.last
    if first is None or first - leading.base not in (0, 1) or leading.interval != 1:
        return False
    return any(
        facts.meaning.role == "eval"
        and facts.interval == 1
        and facts.points > _ALIKE
        and (facts.first_step, facts.max_step) == (first, last)
        for part in attempt.parts
        for facts in part.tags.values()
    )


def _shares_the_counter(points: Column, leading: Leading) -> bool:
    """Whether these points are logged at leading steps, not at numbers of their own."""
    slack = 2 * max(leading.longest_interval, leading.interval or 0, 1)
    return leading.last is not None and leading.last - int(points.step[-1]) <= slack


def _at(epochs: int, each: float) -> Conversion:
    return Conversion(round(epochs * each), f"at {each:g} steps an epoch")


def _is_fractional(epochs: FloatArray) -> bool:
    return bool(np.any(epochs != np.floor(epochs)))


def _of_shares(epochs: int, points: Column) -> Conversion | None:
    """The share of the epoch that is done is logged: step / epoch, as exact as its digits."""
    begun = points.take(np.flatnonzero((points.value > 0) & (points.step > 0)))
    if not len(begun):
        return None
    step, epoch = int(begun.step[-1]), float(begun.value[-1])
    each = step / epoch
    if not _is_rounded(begun.value):
        return _at(epochs, each)
    low, high = _bounds(begun.step, begun.value)
    if low > high:  # not every epoch is as long: the latest tells the most
        low, high = step / (epoch + _DIGITS / 2), step / max(epoch - _DIGITS / 2, _DIGITS / 2)
    whole = _only_whole_number(low, high)
    if whole is not None:
        return _at(epochs, whole)
    if (high - low) * epochs < 1.0:
        return _at(epochs, each)
    if high - low > _ROUGH * low:
        return None
    words = f"at about {each:,.0f} steps an epoch, as the logged epoch has two digits"
    return Conversion(round(epochs * (low + high) / 2), words, exact=False)


def _is_rounded(epochs: FloatArray) -> bool:
    hundredths = epochs / _DIGITS
    return bool(np.all(np.abs(hundredths - np.round(hundredths)) < 1e-5 * (1.0 + hundredths)))


def _bounds(steps: IntArray, epochs: FloatArray) -> tuple[float, float]:
    """Between which steps an epoch lie, by every point at once."""
    low = steps / (epochs + _DIGITS / 2)
    high = steps / np.maximum(epochs - _DIGITS / 2, _DIGITS / 4)
    return float(low.max()), float(high.min())


def _only_whole_number(low: float, high: float) -> int | None:
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    return first if first == last and first > 0 else None


def _of_whole_epochs(epochs: int, points: Column) -> Conversion | None:
    """Whole epochs that were done at each point, or (Lightning) the number of the running one."""
    done = points.take(np.flatnonzero(points.value > 0))
    if len(done) and np.ptp(done.step / done.value) < 1e-9 * done.step[-1]:
        each = int(done.step[-1]) / float(done.value[-1])
        if float(each).is_integer() and len(np.unique(done.value)) >= min(_ALIKE, len(done)):
            return _at(epochs, each)
    numbers, first = np.unique(points.value, return_index=True)
    ends = points.step[np.append(first[1:], len(points)) - 1][:-1] + 1
    lengths = ends / (numbers[:-1] + 1)
    if len(lengths) >= _ALIKE and np.ptp(lengths) == 0 and float(lengths[0]).is_integer():
        return _at(epochs, float(lengths[0]))
    return _of_running_epoch(epochs, points) if len(numbers) > _ALIKE else None


def _of_running_epoch(epochs: int, points: Column) -> Conversion | None:
    """The number of the running epoch, from 0 or from 1, at steps that need not be an epoch's last.

    The one length that has every point in the epoch that was logged there, if there is but one.
    """
    lengths: list[int] = []
    for number in (points.value, points.value - 1.0):
        begun = number > 0
        if number.min() < 0 or not begun.any():
            continue
        low = float((points.step / (number + 1.0)).max())
        high = min(float((points.step[begun] / number[begun]).min()), low + 2.0)
        lengths += range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    return _at(epochs, lengths[0]) if len(lengths) == 1 else None


def _beside(epochs: int, attempt: Attempt, leading: Leading) -> Conversion | None:
    """By another counter that goes up by one at each epoch's end.

    An evaluation's, or that of a tag that says so: what a training logs may have other rounds.
    """
    points = leading.points
    if not len(points):
        return None
    for part in attempt.parts:
        for tag, facts in part.tags.items():
            may = not facts.meaning.shows_training or "epoch" in tag.lower()
            each = _steps_between(facts.recent, points) if may else None
            if each is not None:
                words = f"at {each:,} steps between two points of '{tag}'"
                return Conversion(epochs * each, words, exact=False)
    return None


def _steps_between(others: Column, leading: Column) -> int | None:
    """The leading steps between two points of a counter that goes up by one, if always as many."""
    if len(others) < _ALIKE + 1 or np.any(np.diff(others.step) != 1):
        return None
    at = np.searchsorted(leading.wall_time, others.wall_time, side="right") - 1
    at = at[at >= 0]
    between = np.diff(leading.step[at])
    if len(between) < _ALIKE or between[0] <= 1 or np.ptp(between) != 0:
        return None
    return int(between[0])


def ends_of_epochs(attempt: Attempt, epochs: int) -> str | None:
    """A tag of an attempt whose steps number the epochs and have come to the last of ``epochs``.

    Counted from 0, one by one, as evaluations are that are numbered by the epoch which they end.
    """
    for part in attempt.parts:
        for tag, facts in part.tags.items():
            numbered = facts.min_step == 0 and facts.interval == 1 and facts.points >= epochs
            if numbered and facts.max_step == epochs - 1 and not facts.meaning.shows_training:
                return tag
    return None
