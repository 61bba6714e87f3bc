"""The route ``series``: accumulated, smoothed, cropped, an overview of all."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.routes import shapes
from tests.routes.conftest import NewSite
from tests.routes.site import Clock, Site
from tests.routes.trainer import train, training
from tests.series import reference

NAN, INF = math.nan, math.inf


def float32(value: float) -> float:
    """What is left of a value in an event file."""
    return float(np.float32(value))


@pytest.fixture(scope="module")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A task of 6,000 points with two spikes, at the steps 500 and 5,000."""
    folder, clock = tmp_path_factory.mktemp("logs"), Clock()
    with training(folder / "run", clock) as trainer:
        for step in range(1, 6001):
            trainer.log(step, loss={500: 9.0, 5000: -9.0}.get(step, 1.0 + step % 7 / 10))
    return Site(folder, clock)


def loss_of(site: Site, **parameters: Any) -> Any:
    loss = site.get("series", task="run", metric="loss", **parameters)["series"]["loss"]
    shapes.check_columns(loss, "loss")
    return loss


def test_trained_to_30_and_again_from_0_to_40_lies_end_to_end(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    """The design's example, from real event files to the browser."""
    train(tmp_path / "job", clock, range(10, 31, 10))
    clock.advance(60.0)
    train(tmp_path / "job", clock, range(10, 41, 10), scale=2.0)
    site = open_site(tmp_path)
    answer = site.get("series", task="job", metric="loss")
    loss = answer["series"]["loss"]
    assert loss["x"] == [10, 20, 30, 40, 50, 60, 70]
    assert loss["step"] == [10, 20, 30, 10, 20, 30, 40]
    assert loss["attempt"] == [1, 1, 1, 2, 2, 2, 2]
    assert loss["value"] == [
        float32(s / n) for s, n in zip([1] * 3 + [2] * 4, loss["step"], strict=True)
    ]
    assert [(a["kind"], a["x_start"], a["x_end"]) for a in answer["attempts"]] == [
        ("first", 0, 30),
        ("restart", 30, 70),
    ]
    (task,) = site.get("tasks")["tasks"]
    assert (task["attempts"], task["step"]) == (2, 40)


def test_values_that_are_not_finite_are_null_and_named(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    """JSON has no word for them; smoothing passes over them."""
    with training(tmp_path / "run", clock) as trainer:
        for step, value in enumerate([1.0, NAN, INF, -INF, 3.0], start=1):
            trainer.log(step, loss=value)
    loss = loss_of(open_site(tmp_path), ma=5)
    assert loss["value"] == [1.0, None, None, None, 3.0]
    assert loss["smoothed"] == [1.0, None, None, None, 2.0]
    assert loss["non_finite"] == [[1, "nan"], [2, "inf"], [3, "-inf"]]


def test_indices_of_non_finite_values_count_in_the_answer(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    """Not in the series that it was cropped from."""
    with training(tmp_path / "run", clock) as trainer:
        for step, value in enumerate([1.0, NAN, 2.0, NAN, 3.0], start=1):
            trainer.log(step, loss=value)
    assert loss_of(open_site(tmp_path), limit=3)["non_finite"] == [[1, "nan"]]


def test_a_chart_gets_the_latest_4000_points_and_is_told_how_many_were_cropped(
    long_site: Site,
) -> None:
    loss = loss_of(long_site)
    assert (loss["x"][0], loss["x"][-1]) == (2001, 6000)
    assert (loss["total_points"], loss["cropped_points"]) == (6000, 2000)


@pytest.mark.parametrize("limit", [1, 2, 3999])
def test_a_smaller_limit_crops_more(long_site: Site, limit: int) -> None:
    loss = loss_of(long_site, limit=limit)
    assert loss["x"] == list(range(6001 - limit, 6001))
    assert loss["cropped_points"] == 6000 - limit


def test_a_smoothed_value_does_not_depend_on_what_was_cropped(long_site: Site) -> None:
    """To the last bit: the whole series is smoothed first."""
    smoothing = {"ema": 0.9, "ma": 50}
    whole = {
        x: value
        for part in ((None, 3000), (3001, None))
        for x, value in _smoothed(long_site, part, smoothing)
    }
    assert len(whole) == 6000
    for parameters in ({"limit": 10}, {"limit": 4000}, {"view": "all", "limit": 30}):
        loss = loss_of(long_site, **parameters, **smoothing)
        assert loss["smoothed"] == [whole[x] for x in loss["x"]]


def _smoothed(site: Site, part: tuple[Any, Any], smoothing: Any) -> Any:
    asked = {key: x for key, x in zip(("x_min", "x_max"), part, strict=True) if x is not None}
    loss = loss_of(site, view="all", **asked, **smoothing)
    return zip(loss["x"], loss["smoothed"], strict=True)


def test_the_whole_history_keeps_its_extremes_and_its_ends(long_site: Site) -> None:
    """Each point of it is a real one."""
    loss = loss_of(long_site, view="all", limit=100)
    assert len(loss["x"]) <= 100
    assert (loss["x"][0], loss["x"][-1]) == (1, 6000)
    points = dict(zip(loss["x"], loss["value"], strict=True))
    assert (points[500], points[5000]) == (9.0, -9.0)
    assert all(points[x] == float32(1.0 + x % 7 / 10) for x in points if x not in (500, 5000))
    assert loss["cropped_points"] == 6000 - len(loss["x"])
    assert loss["total_points"] == 6000


def test_a_whole_history_that_fits_is_all_of_it(long_site: Site) -> None:
    loss = loss_of(long_site, view="all", x_min=2001, limit=4000)
    assert loss["x"] == list(range(2001, 6001))
    assert loss["cropped_points"] == 0


def test_zooming_in_ends_at_every_single_point(long_site: Site) -> None:
    """Both bounds belong to the range, and need be no point's x."""
    loss = loss_of(long_site, view="all", x_min=497.5, x_max=503, limit=100)
    assert loss["x"] == [498, 499, 500, 501, 502, 503]
    assert (loss["total_points"], loss["cropped_points"]) == (6000, 0)


def test_what_is_left_out_counts_those_of_the_range(long_site: Site) -> None:
    loss = loss_of(long_site, view="all", x_max=1000, limit=50)
    assert loss["cropped_points"] == 1000 - len(loss["x"])


def test_a_range_without_a_point_is_empty(long_site: Site) -> None:
    for parameters in ({"x_min": 6001}, {"x_max": 0}, {"x_min": 10.2, "x_max": 10.8}):
        loss = loss_of(long_site, view="all", **parameters)
        assert (loss["x"], loss["cropped_points"], loss["total_points"]) == ([], 0, 6000)


@pytest.fixture
def trained_twice(tmp_path: Path, clock: Clock, open_site: NewSite) -> Site:
    """To step 30 in three seconds; an hour later again from 0, to step 40."""
    train(tmp_path / "run", clock, range(10, 31, 10))
    clock.advance(3600.0)
    train(tmp_path / "run", clock, range(10, 41, 10))
    return open_site(tmp_path)


def test_a_range_may_be_of_steps_with_the_attempts_over_one_another(trained_twice: Site) -> None:
    loss = loss_of(trained_twice, view="all", axis="step", x_min=20, x_max=30)
    assert (loss["step"], loss["attempt"]) == ([20, 30, 20, 30], [1, 1, 2, 2])
    assert (loss["x"], loss["cropped_points"]) == ([20, 30, 50, 60], 0)


def test_a_range_may_be_of_the_clock(trained_twice: Site) -> None:
    times = loss_of(trained_twice)["wall_time"]
    loss = loss_of(trained_twice, view="all", axis="wall", x_min=times[1], x_max=times[4])
    assert loss["wall_time"] == times[1:5]


def test_points_without_times_are_in_no_range_of_time(tmp_path: Path, open_site: NewSite) -> None:
    train(tmp_path / "run", Clock(0.0), range(10, 31, 10))
    loss = loss_of(open_site(tmp_path), view="all", axis="active", x_min=0)
    assert (loss["x"], loss["total_points"]) == ([], 3)


def test_a_range_may_be_of_time_without_downtime(trained_twice: Site) -> None:
    """The second attempt begins where the first one ended, two seconds after its first point."""
    first, second = trained_twice.get("task", task="run")["attempts"]
    times = loss_of(trained_twice)["wall_time"]
    assert (first["first_at"], first["last_at"], first["active_start_s"]) == (*times[0:3:2], 0.0)
    assert (second["first_at"], second["last_at"]) == (times[3], times[-1])
    assert second["active_start_s"] == 2.0
    loss = loss_of(trained_twice, view="all", axis="active", x_min=1.0, x_max=3.0)
    assert loss["step"] == [20, 30, 10, 20]


def test_the_axis_of_a_chart_leaves_its_latest_points_as_they_are(trained_twice: Site) -> None:
    expected = loss_of(trained_twice, limit=3)
    for axis in ("step", "active", "wall"):
        assert loss_of(trained_twice, limit=3, axis=axis) == expected


def test_metrics_come_as_they_were_asked_for_each_once(transformers: Site) -> None:
    asked = ["grad_norm", "loss", "grad_norm"]
    answer = transformers.get("series", task="restart_newlr/tb", metric=asked)
    assert list(answer["series"]) == ["grad_norm", "loss"]


def test_what_leads_comes_without_its_name(transformers: Site) -> None:
    listed = [m["metric"] for m in transformers.get("task", task="restart_newlr/tb")["metrics"]]
    answer = transformers.get("series", task="restart_newlr/tb", leading=2)
    assert list(answer["series"]) == listed[:2]


def test_a_metric_that_is_only_offered_is_computed_when_it_is_asked_for(
    tmp_path: Path, clock: Clock, open_site: NewSite
) -> None:
    """Perplexity, where nothing says that the loss is a language model's."""
    train(tmp_path / "run", clock, range(1, 4))
    site = open_site(tmp_path)
    assert [offer["metric"] for offer in site.get("task", task="run")["offered"]] == ["perplexity"]
    assert "perplexity" not in site.get("series", task="run")["series"]
    answer = site.get("series", task="run", metric="perplexity")
    expected = [math.exp(float32(1 / step)) for step in (1, 2, 3)]
    assert answer["series"]["perplexity"]["value"] == pytest.approx(expected, rel=1e-14)


def test_real_logs_are_answered_as_the_reference_answers_them(transformers: Site) -> None:
    """43 steps, then from 0 to 100 with another learning rate, in one folder."""
    answer = transformers.get("series", task="restart_newlr/tb", ema=0.8, ma=4)
    loss = answer["series"]["loss"]
    first = [1, *range(5, 41, 5)]
    second = [1, *range(5, 101, 5)]
    assert loss["step"] == first + second
    assert loss["x"] == first + [40 + step for step in second]
    expected = reference.smoothed(loss["value"], loss["attempt"], 0.8, 4)
    assert loss["smoothed"] == pytest.approx(expected, rel=1e-12)


def test_a_loss_that_the_trainer_logged_as_zero_is_shown_as_the_nan_it_was(
    transformers: Site,
) -> None:
    loss = transformers.get("series", task="nan/tb", metric="loss")["series"]["loss"]
    assert loss["non_finite"]
    assert 0.0 not in loss["value"]
    (metric,) = (
        m for m in transformers.get("task", task="nan/tb")["metrics"] if m["metric"] == "loss"
    )
    assert metric["last_non_finite"] == "nan"
    assert f"{len(loss['non_finite'])} points that the trainer logged as 0.0" in metric["note"]
