"""What must not change what is said: the loss's scale, thinning, growth, NaN in other metrics."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.core.columns import Column, GrowingColumn, concatenate
from tb_trainmon.insights.course import Condenser
from tb_trainmon.insights.finding import SEVERITIES, Insight, Told
from tb_trainmon.insights.looking import Looking
from tb_trainmon.insights.registry import RULES
from tb_trainmon.insights.rule import Rule
from tb_trainmon.insights.subject import Series, Subject, TaskFacts
from tb_trainmon.series.accumulate import Piece, alone
from tests.insights.scenes import attempt, falling, found, points

Scene = dict[str, Column]
N = 400


def scene(change: Callable[[dict[str, npt.NDArray[np.float64]]], None]) -> Scene:
    chance = np.random.default_rng(7)
    values = {
        "loss": falling(N, noise=0.02),
        "grad_norm": np.exp(0.3 * chance.standard_normal(N)),
        "learning_rate": np.linspace(1e-3, 1e-5, N),
    }
    values["eval_loss"] = values["loss"][19::20] * 1.05
    change(values)
    return {n: points(v, 200 if n == "eval_loss" else 10) for n, v in values.items()}


def healthy(_: dict[str, npt.NDArray[np.float64]]) -> None:
    pass


def broken(values: dict[str, npt.NDArray[np.float64]]) -> None:
    values["loss"][250:] = np.nan


def spiking(values: dict[str, npt.NDArray[np.float64]]) -> None:
    values["loss"][200:204] *= 2.5


def shifted(values: dict[str, npt.NDArray[np.float64]]) -> None:
    values["loss"][200:] *= 1.3


def diverged(values: dict[str, npt.NDArray[np.float64]]) -> None:
    values["loss"][200:] = 9.0 + 0.1 * np.sin(np.arange(200))


def overfitted(values: dict[str, npt.NDArray[np.float64]]) -> None:
    values["eval_loss"][8:] *= np.linspace(1.0, 1.8, 12)


def exploding(values: dict[str, npt.NDArray[np.float64]]) -> None:
    values["grad_norm"][200:] *= 500.0


def stuck(values: dict[str, npt.NDArray[np.float64]]) -> None:
    chance = np.random.default_rng(3)
    values["learning_rate"][150:] = 0.0
    values["loss"][150:] = values["loss"][150] * np.exp(0.02 * chance.standard_normal(250))


SCENES = {
    "healthy": (scene(healthy), set()),
    "broken": (scene(broken), {"nan_loss"}),
    "spiking": (scene(spiking), {"spike_recovers"}),
    "shifted": (scene(shifted), {"spike_persistent"}),
    "diverged": (scene(diverged), {"diverge_lr"}),
    "overfitted": (scene(overfitted), {"overfit"}),
    "exploding": (scene(exploding), {"grad_explode"}),
    "stuck": (scene(stuck), {"plateau_stuck"}),
}
every_scene = pytest.mark.parametrize(("series", "expected"), SCENES.values(), ids=list(SCENES))


def told(series: Scene) -> Told:
    return Looking(RULES).told([attempt(series)])


def rules(series: Scene) -> set[str]:
    return {insight.rule for insight in told(series).insights}


@every_scene
def test_each_scene_says_what_is_in_it(series: Scene, expected: set[str]) -> None:
    assert rules(series) == expected


@every_scene
@given(st.floats(0.05, 1000.0))
@settings(max_examples=15, deadline=None)
def test_the_scale_of_the_loss_changes_nothing(
    series: Scene, expected: set[str], factor: float
) -> None:
    scaled = {
        name: Column(c.step, c.wall_time, c.value * factor if "loss" in name else c.value)
        for name, c in series.items()
    }
    assert rules(scaled) == expected


@every_scene
@given(st.floats(1e-4, 1e4), st.floats(1e-3, 1e3))
@settings(max_examples=10, deadline=None)
def test_nor_do_the_scales_of_the_rate_and_of_time(
    series: Scene, expected: set[str], rate: float, pace: float
) -> None:
    first = series["loss"].wall_time[0]
    scaled = {
        name: Column(
            c.step,
            first + (c.wall_time - first) * pace,
            c.value * rate if name == "learning_rate" else c.value,
        )
        for name, c in series.items()
    }
    assert rules(scaled) == expected


@every_scene
@pytest.mark.parametrize("begin", [0, 1])
def test_every_other_point_is_enough(series: Scene, expected: set[str], begin: int) -> None:
    thinned = {
        name: c if name == "eval_loss" else c[slice(begin, None, 2)] for name, c in series.items()
    }
    assert rules(thinned) == expected


@every_scene
def test_nan_in_another_metric_is_nobodys_business(series: Scene, expected: set[str]) -> None:
    other = {"accuracy": points(np.full(N, np.nan)), "samples_per_second": points(np.zeros(N))}
    assert rules({**series, **other}) == expected


@every_scene
@given(st.integers(1, N - 1))
@settings(max_examples=15, deadline=None)
def test_a_series_that_was_cut_in_two_is_the_same(
    series: Scene, expected: set[str], cut: int
) -> None:
    whole = {name: concatenate([c[:cut], c[cut:]]) for name, c in series.items()}
    assert _said(told(whole).insights) == _said(told(series).insights)
    assert {insight.rule for insight in told(whole).insights} == expected


class Growing:
    """An attempt whose series grow, as an open task's do."""

    def __init__(self, series: Scene) -> None:
        self._all = series
        self._columns = {name: GrowingColumn() for name in series}
        self._condensers = {name: Condenser() for name in series}

    def until(self, step: int) -> Subject:
        for name, column in self._all.items():
            known = len(self._columns[name])
            end = int(np.searchsorted(column.step, step, side="right"))
            self._columns[name].extend(column[known:end])
        made = {
            name: Series(
                name, alone(Piece(1, 0, c.view())), self._condensers[name].course(c.view())
            )
            for name, c in self._columns.items()
        }
        last = max((int(s.points.step[-1]) for s in made.values() if len(s)), default=None)
        return Subject(
            number=1,
            kind="first",
            status="stopped",
            is_current=True,
            start_step=0,
            last_step=last,
            task=TaskFacts(evaluated_by=("eval_loss",)),
            series=made.get,
        )


@pytest.mark.parametrize("series", [series for series, _ in SCENES.values()], ids=list(SCENES))
def test_a_task_that_was_followed_says_what_one_that_is_opened_says(series: Scene) -> None:
    growing, looking = Growing(series), Looking(RULES)
    for step in range(100, 10 * N + 1, 130):
        followed = looking.told([growing.until(step)])
        fresh = Looking(RULES).told([growing.until(step)])
        assert followed == fresh


def _said(insights: tuple[Insight, ...]) -> list[tuple[str, int, int]]:
    return [(i.rule, i.finding.begin, i.finding.end) for i in insights]


_ODD = {
    "none": [],
    "one": [1.0],
    "zeros": [0.0] * 300,
    "nans": [np.nan] * 300,
    "infinities": [np.inf, -np.inf] * 150,
    "huge": [1e300, -1e300] * 150,
    "tiny": [5e-324] * 300,
}


@pytest.mark.parametrize("values", _ODD.values(), ids=_ODD.keys())
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_rule_fails_over_odd_values(rule: Rule, values: list[float]) -> None:
    """What is odd in a log is a finding, or nothing to see; every number of a proof is one."""
    metrics = {metric for one in RULES for metric in one.needs} | {"loss", "epoch", "learning_rate"}
    before = attempt(dict.fromkeys(metrics, values))
    again = attempt(
        dict.fromkeys(metrics, values), number=2, kind="resume", before=before, start_step=100
    )
    for finding in [*found(rule, before), *found(rule, again)]:
        assert finding.begin <= finding.end
        assert finding.severity in SEVERITIES


@pytest.mark.parametrize(("kind", "opened"), [("restart", False), ("resume", True)])
def test_what_was_found_is_over_once_it_is_trained_anew(kind: str, opened: bool) -> None:
    first = attempt(SCENES["overfitted"][0], is_current=False)
    second = attempt(SCENES["healthy"][0], number=2, kind=kind, before=first)
    told = Looking(RULES).told([first, second])
    assert [i.finding.open for i in told.insights if i.rule == "overfit"] == [opened]
