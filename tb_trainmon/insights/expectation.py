"""The final loss that is to be expected, extrapolated from the course so far. On request only.

The law of Tissue, Wang and Wang ("Scaling Law with Learning Rate Annealing", arXiv 2408.11029):
``L(s) = L0 + A * S1(s)^-a - C * S2(s)``. ``S1`` is the sum of the learning rates up to step s and
``S2`` the sum of their momentum, ``m(i) = decay * m(i - 1) + rate(i - 1) - rate(i)``: annealing
lowers the loss beyond what the steps do. ``C`` cannot be fitted before there is annealing, so it is
borrowed. Rates to come are those of the configured schedule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.insights.course import Course
from tb_trainmon.insights.finding import NothingToSee
from tb_trainmon.insights.robust import median, spread
from tb_trainmon.insights.scheduling import KNOWN, share_of_rate
from tb_trainmon.insights.subject import Subject

LEAST_POINTS = 50
LEAST_DONE = 0.3  # share of the total
BORROWED = 0.5  # C of the law ...
BORROWED_AT = 2e-4  # ... of trainings with this highest rate; higher ones are scaled to it
DECAY = 0.999  # of the momentum, a step; the paper's
LEAST_BAND = 0.03  # nats; half the width of the band, at the least
_EXPONENTS = np.linspace(0.05, 1.5, 59)
_SHARES = (0.7, 0.85, 1.0)  # parts of the course whose fits say how sure the extrapolation is
_SKIPPED = 0.05  # share of the total at the beginning, which follows no power law
_STEPS_AT_ONCE = 20_000  # steps that the sums are made of, at most; more are taken together
_SHOWN = 64  # points of the answer
_DEVIATIONS = 2.0
_FITS = 0.03  # mean distance of the rates so far from a schedule that goes on, of the highest


@dataclass(frozen=True, slots=True)
class Expectation:
    """The extrapolated loss at the attempt's ``step`` and after it, with its band.

    ``schedule`` names what the rates to come were taken from.
    """

    step: FloatArray
    x: FloatArray
    value: FloatArray
    band: float
    schedule: str
    attempt: int


def expectation(subject: Subject) -> Expectation:
    """The expected final loss of an attempt. Raises NothingToSee with the reason."""
    course, rates, total = _known(subject)
    last = float(course.step[-1])
    name, rate = _rates(subject, rates.step, rates.value, total)
    scale = total / (len(rate) - 1)  # steps a place
    areas, annealings = _sums(rate, scale)
    keep = course.step > max(_SKIPPED * total, float(rates.step[int(np.argmax(rates.value))]))
    if keep.sum() < LEAST_POINTS // 2:
        raise NothingToSee("Too few losses lie behind the warm-up.")
    at = np.minimum((course.step[keep] / scale).astype(int), len(rate) - 1)
    value = course.value[keep]
    ahead = np.linspace(last, total, _SHOWN)
    places = np.minimum((ahead / scale).astype(int), len(rate) - 1)
    found, noise = [], 0.0
    for share in _SHARES:
        n = int(len(value) * share)
        law = _fitted(areas[at[:n]], annealings[at[:n]], value[:n])
        found.append(law(areas[places], annealings[places]))
        noise = spread(value[:n] - law(areas[at[:n]], annealings[at[:n]]))
    finals = [float(course_[-1]) for course_ in found]
    sure = max(abs(final - finals[-1]) for final in finals)
    error = _DEVIATIONS * noise / np.sqrt(max(len(value) * 0.1, 1.0))
    return Expectation(
        step=ahead,
        x=ahead + subject.shift,
        value=found[-1],
        band=max(LEAST_BAND, sure + float(error)),
        schedule=name,
        attempt=subject.number,
    )


def _known(subject: Subject) -> tuple[Course, Course, float]:
    """The losses, the rates and the total that it follows from. Raises NothingToSee."""
    total = subject.task.total
    if subject.task.kind != "language_model":
        raise NothingToSee("Only losses of language models are known to follow this law.")
    if subject.kind == "resume":
        raise NothingToSee("The attempt was not trained from scratch.")
    if total is None:
        raise NothingToSee("The total is not known.")
    _, course = subject.need_course("loss", LEAST_POINTS)
    _, rates = subject.need_course("learning_rate", LEAST_POINTS)
    last = float(course.step[-1])
    if last < LEAST_DONE * total:
        raise NothingToSee(f"It takes {LEAST_DONE:.0%} of the steps; {last / total:.0%} are done.")
    if last >= total:
        raise NothingToSee("It has come to its total.")
    return course, rates, float(total)


def _rates(
    subject: Subject, step: FloatArray, value: FloatArray, total: float
) -> tuple[str, FloatArray]:
    """The rate at evenly spread steps up to the total: as logged, then as the schedule goes on."""
    grid = np.linspace(0.0, total, int(min(total, _STEPS_AT_ONCE)) + 1)
    top, at = float(value.max()), float(step[int(np.argmax(value))])
    if not top > 0.0:
        raise NothingToSee("The learning rate is 0.")
    configured = str(subject.config.get("lr_scheduler_type") or "").rpartition(".")[2].lower()
    names = [configured] if configured in KNOWN else list(KNOWN)
    distances = {
        name: float(np.mean(np.abs(value / top - share_of_rate(name, step, at, total))))
        for name in names
    }
    name = min(distances, key=lambda one: distances[one])
    if distances[name] > _FITS:
        raise NothingToSee("The rates that are to come are not known.")
    to_come = top * share_of_rate(name, grid, at, total)
    return name, np.where(grid <= step[-1], np.interp(grid, step, value), to_come)


def _sums(rate: FloatArray, scale: float) -> tuple[FloatArray, FloatArray]:
    """``S1`` and ``S2`` at each place of the grid, ``scale`` steps apart."""
    unit = min(BORROWED_AT / float(rate.max()), 1.0)
    decay = DECAY**scale
    momentum = np.zeros(len(rate))
    for i, drop in enumerate(-np.diff(rate) * unit, 1):
        momentum[i] = decay * momentum[i - 1] + drop
    return np.maximum(np.cumsum(rate) * scale, 1e-30), np.cumsum(momentum) * scale


class _Law:
    def __init__(self, base: float, factor: float, exponent: float, unit: float) -> None:
        self._law = base, factor, exponent, unit

    def __call__(self, area: FloatArray, annealing: FloatArray) -> FloatArray:
        base, factor, exponent, unit = self._law
        return np.asarray(base + factor * (area / unit) ** -exponent - BORROWED * annealing)


def _fitted(area: FloatArray, annealing: FloatArray, value: FloatArray) -> _Law:
    """The law that fits best: for each exponent by least squares, of those by median distance."""
    unit, target = median(area), value + BORROWED * annealing
    best, found = np.inf, _Law(median(value), 0.0, 1.0, unit)
    for exponent in _EXPONENTS:
        power = (area / unit) ** -exponent
        factor, base = np.polyfit(power, target, 1)
        if factor < 0.0 or base < 0.0:
            continue
        cost = float(np.mean(np.abs(target - base - factor * power)))
        if cost < best:
            best, found = cost, _Law(float(base), float(factor), float(exponent), unit)
    return found
