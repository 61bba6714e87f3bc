"""Polling, played: a trainer logs, a reader polls and must have exactly what is there."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.routes import news
from tests.routes.conftest import NewSite
from tests.routes.reader import Reader
from tests.routes.site import Clock, Site
from tests.routes.trainer import Trainer, train, training

NAN = math.nan
SMOOTHING = {"ema": 0.7, "ma": 4}
NewReader = Callable[..., Reader]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "run"


@pytest.fixture
def trainer(run: Path, clock: Clock) -> Iterator[Trainer]:
    """At work, with three points flushed."""
    with training(run, clock) as trainer:
        for step in (10, 20, 30):
            trainer.log(step, loss=1 / step)
        trainer.flush()
        yield trainer


@pytest.fixture
def site(trainer: Trainer, run: Path, open_site: NewSite) -> Site:
    return open_site(run.parent)


@pytest.fixture
def reader(site: Site) -> Reader:
    return Reader(site, "run", **SMOOTHING)


def assert_up_to_date(reader: Reader, *sites: Site) -> None:
    """Points, smoothed values to the last bit, task and rows are those of ``sites``."""
    for site in sites:
        fresh = Reader(site, "run", **SMOOTHING)
        assert reader.series == fresh.series
        assert reader.rows == fresh.rows
        assert list(reader.rows) == list(fresh.rows)
        assert reader.task == fresh.task


def test_deltas_joined_are_the_series(
    trainer: Trainer, site: Site, reader: Reader, run: Path, open_site: NewSite
) -> None:
    """Also as a TensorBoard tells it that was just started: nothing doubled, nothing missing."""
    for begin in (40, 60, 130, 140):
        for step in range(begin, begin + 20, 10):
            trainer.log(step, loss=1 / step)
        trainer.flush()
        assert reader.poll() == ["task", "points", "logs"]
    assert reader.series["loss"]["step"] == [10, 20, 30, 40, 50, 60, 70, 130, 140, 140, 150]
    assert reader.resets == []
    assert_up_to_date(reader, site, open_site(run.parent))


def test_a_poll_without_news_brings_nothing(trainer: Trainer, reader: Reader) -> None:
    cursor = reader.cursor
    assert reader.poll() == []
    assert reader.poll() == []
    assert reader.cursor == cursor


def test_one_cursor_may_be_asked_again(trainer: Trainer, site: Site, reader: Reader) -> None:
    """An answer that was lost on its way is not lost."""
    trainer.log(40, loss=0.1)
    trainer.flush()
    asked = {"task": "run", "cursor": reader.cursor, **SMOOTHING}
    assert site.get("points", **asked) == site.get("points", **asked)
    trainer.log(50, loss=0.1)
    trainer.flush()
    (points,) = (m for m in site.get("points", **asked)["messages"] if m["type"] == "points")
    assert points["series"]["loss"]["step"] == [40, 50]


def test_readers_at_different_places_each_get_what_they_lack(
    trainer: Trainer, site: Site, reader: Reader
) -> None:
    """With smoothing of their own."""
    other = Reader(site, "run", ema=0.2, metric="loss")
    for step in (40, 50, 60):
        trainer.log(step, loss=1 / step)
        trainer.flush()
        reader.poll()
    assert other.poll() == ["task", "points", "logs"]
    assert other.series == Reader(site, "run", ema=0.2, metric="loss").series
    assert_up_to_date(reader, site)


def test_only_the_metrics_that_were_asked_for_come(trainer: Trainer, site: Site) -> None:
    reader = Reader(site, "run", metric="loss")
    trainer.log(40, loss=0.1, grad_norm=2.0)
    trainer.flush()
    reader.poll()
    assert list(reader.series) == ["loss"]


def test_a_metric_that_appears_later_comes_with_all_its_points(
    trainer: Trainer, site: Site, reader: Reader
) -> None:
    trainer.log(40, loss=0.1, grad_norm=2.0)
    trainer.log(50, loss=0.1, grad_norm=3.0)
    trainer.flush()
    reader.poll()
    assert reader.series["grad_norm"]["value"] == [2.0, 3.0]
    assert_up_to_date(reader, site)


def test_values_that_are_not_finite_are_named_by_their_place_in_the_delta(
    trainer: Trainer, site: Site, reader: Reader
) -> None:
    for step, value in ((40, NAN), (50, 0.5), (60, -math.inf)):
        trainer.log(step, loss=value)
    trainer.flush()
    asked = {"task": "run", "cursor": reader.cursor}
    (points,) = (m for m in site.get("points", **asked)["messages"] if m["type"] == "points")
    assert points["series"]["loss"]["non_finite"] == [[0, "nan"], [2, "-inf"]]
    reader.poll()
    assert reader.series["loss"]["non_finite"] == [[3, "nan"], [5, "-inf"]]
    assert_up_to_date(reader, site)


def test_a_second_file_of_the_attempt_goes_on_with_it(
    trainer: Trainer, site: Site, reader: Reader, run: Path, clock: Clock
) -> None:
    """The Trainer of Hugging Face opens one for an evaluation."""
    with training(run, clock) as evaluation:
        evaluation.log(30, eval__loss=0.5)
    clock.advance(5.0)
    reader.poll()
    assert reader.resets == []
    assert reader.series["eval_loss"]["x"] == [30]
    assert_up_to_date(reader, site)


def test_a_new_attempt_is_a_reset(
    trainer: Trainer, site: Site, reader: Reader, run: Path, clock: Clock, open_site: NewSite
) -> None:
    """From then on its points come as those of the first did."""
    trainer.close()
    clock.advance(60.0)
    with training(run, clock) as again:
        for step in (10, 20):
            again.log(step, loss=2 / step)
        again.flush()
        clock.advance(5.0)
        assert reader.poll() == ["reset"]
        assert reader.resets == ["A new attempt began."]
        again.log(30, loss=2 / 30)
        again.flush()
        assert reader.poll() == ["task", "points", "logs"]
    assert reader.series["loss"]["x"] == [10, 20, 30, 40, 50, 60]
    assert reader.series["loss"]["attempt"] == [1, 1, 1, 2, 2, 2]
    assert_up_to_date(reader, site, open_site(run.parent))


@pytest.mark.parametrize("cursor", ["yesterday", ":", "0123456789ab:0", "a:b:c", "\ufffd:1"])
def test_a_foreign_cursor_is_a_reset(site: Site, reader: Reader, cursor: str) -> None:
    reader.cursor = cursor
    assert reader.poll() == ["reset"]
    assert reader.resets == ["This cursor is from before TensorBoard was started, or too old."]
    assert reader.poll() == []
    assert_up_to_date(reader, site)


def test_a_cursor_of_the_future_is_a_reset(reader: Reader) -> None:
    boot, _, revision = reader.cursor.rpartition(":")
    reader.cursor = f"{boot}:{int(revision) + 1}"
    assert reader.poll() == ["reset"]


def test_a_cursor_of_a_tensorboard_that_was_restarted_is_a_reset(
    reader: Reader, run: Path, open_site: NewSite
) -> None:
    restarted = open_site(run.parent)
    answer = restarted.get("points", task="run", cursor=reader.cursor)
    assert [message["type"] for message in answer["messages"]] == ["reset"]


def test_a_file_that_was_written_anew_is_a_reset(
    trainer: Trainer, site: Site, reader: Reader, run: Path, clock: Clock, open_site: NewSite
) -> None:
    """In place, as a copy from another machine does it."""
    trainer.close()
    clock.advance(60.0)
    train(run.parent.parent / "elsewhere", clock, range(5, 11))
    (there,), (copy,) = run.iterdir(), (run.parent.parent / "elsewhere").iterdir()
    shutil.copyfile(copy, there)
    clock.advance(5.0)
    assert reader.poll() == ["reset"]
    (reason,) = reader.resets
    assert "was rewritten" in reason
    assert reader.series["loss"]["step"] == [5, 6, 7, 8, 9, 10]
    assert_up_to_date(reader, site, open_site(run.parent))


def test_a_metric_that_a_rewritten_file_no_longer_has_is_a_reset(
    trainer: Trainer, site: Site, run: Path, clock: Clock
) -> None:
    """Not an error: the reader could not know."""
    trainer.log(40, loss=0.1, accuracy=0.5)
    trainer.close()
    cursor = site.get("series", task="run", metric="accuracy")["cursor"]
    clock.advance(60.0)
    train(run.parent.parent / "elsewhere", clock, range(5, 11))
    (there,), (copy,) = run.iterdir(), (run.parent.parent / "elsewhere").iterdir()
    os.replace(copy, there)  # noqa: PTH105  the rename that it is
    clock.advance(5.0)
    answer = site.get("points", task="run", cursor=cursor, metric="accuracy")
    assert [message["type"] for message in answer["messages"]] == ["reset"]


def test_a_point_that_comes_late_is_a_reset(
    trainer: Trainer, site: Site, reader: Reader, run: Path, open_site: NewSite
) -> None:
    """It belongs among those that were told."""
    trainer.log(25, loss=9.0)
    trainer.flush()
    assert reader.poll() == ["reset"]
    assert reader.resets == ["Points of loss, steps_per_second arrived out of order."]
    assert reader.series["loss"]["x"] == [10, 20, 25, 30]
    assert_up_to_date(reader, site, open_site(run.parent))


def test_a_zero_that_turns_out_to_be_nan_is_a_reset(
    run: Path, clock: Clock, open_site: NewSite
) -> None:
    """The Trainer of Hugging Face logs a NaN loss as 0.0; only the gradient norm tells."""
    with training(run, clock) as trainer:
        trainer.arguments(logging_nan_inf_filter=True, max_steps=100)
        trainer.log(10, train__loss=1.0)
        trainer.log(10, train__grad_norm=1.0)
        trainer.log(20, train__loss=0.0)
        trainer.flush()
        site = open_site(run.parent)
        reader = Reader(site, "run", **SMOOTHING)
        assert reader.series["loss"]["value"] == [1.0, 0.0]
        trainer.log(20, train__grad_norm=NAN)
        trainer.log(30, train__loss=2.0)
        trainer.flush()
        assert reader.poll() == ["reset"]
        assert reader.series["loss"]["value"] == [1.0, None, 2.0]
        assert_up_to_date(reader, site, open_site(run.parent))


def test_more_points_than_a_chart_holds_are_a_reset(
    trainer: Trainer, site: Site, reader: Reader
) -> None:
    for step in range(40, 40 + 40_010, 10):
        trainer.log(step, loss=1.0)
    trainer.flush()
    assert reader.poll() == ["reset"]
    assert reader.resets == ["More than 4,000 points came."]
    assert reader.poll() == []


def test_as_many_points_and_rows_as_are_told_at_once_are_however_many_there_were(
    trainer: Trainer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "MOST_POINTS", 5)
    monkeypatch.setattr(news, "_MOST_ROWS", 8)  # three were there
    for step in range(40, 90, 10):
        trainer.log(step, loss=1.0)
    trainer.flush()
    assert reader.poll() == ["task", "points", "logs"]


def test_more_rows_than_a_page_holds_are_a_reset(
    trainer: Trainer, site: Site, reader: Reader
) -> None:
    for step in range(40, 40 + 10_010, 10):
        trainer.log(step, loss=1.0)
    trainer.flush()
    assert reader.poll() == ["reset"]
    assert reader.resets == ["More than 1,000 rows came."]
    assert reader.poll() == []


def test_a_reader_who_never_asked_for_the_log_is_not_sent_all_of_it(
    run: Path, clock: Clock, open_site: NewSite
) -> None:
    with training(run, clock) as trainer:
        for step in range(1, 1500):
            trainer.log(step, loss=1.0)
        trainer.flush()
        site = open_site(run.parent)
        cursor = site.get("series", task="run")["cursor"]
        trainer.log(1500, loss=1.0)
        trainer.flush()
        answer = site.get("points", task="run", cursor=cursor)
        assert [m["type"] for m in answer["messages"]] == ["reset"]
        trainer.log(1501, loss=1.0)
        trainer.flush()
        answer = site.get("points", task="run", cursor=answer["cursor"])
        assert [m["type"] for m in answer["messages"]] == ["task", "points", "logs"]


def test_a_status_that_changes_by_the_clock_alone_is_told(
    trainer: Trainer, site: Site, reader: Reader, clock: Clock
) -> None:
    """Silence makes a running task a stopped one, and its attempt gets an end."""
    assert reader.task["status"] == "running"
    clock.advance(3600.0)
    assert reader.poll() == ["task", "logs"]
    assert (reader.task["status"], reader.task["mode"]) == ("stopped", "history")
    assert [row["type"] for row in reader.rows.values()][-1] == "end"
    assert_up_to_date(reader, site)


def test_an_end_that_was_none_is_taken_back_by_a_reset(
    trainer: Trainer, site: Site, reader: Reader, clock: Clock
) -> None:
    """The task was only silent for long."""
    clock.advance(3600.0)
    reader.poll()
    trainer.log(40, loss=0.1)
    trainer.flush()
    assert reader.poll() == ["reset"]
    assert reader.task["status"] == "running"
    assert "end" not in [row["type"] for row in reader.rows.values()]
    assert_up_to_date(reader, site)


def test_a_total_that_the_reader_typed_is_in_what_is_told(
    trainer: Trainer, site: Site, reader: Reader
) -> None:
    for step in (40, 50, 60):
        trainer.log(step, loss=1 / step)
    trainer.flush()
    asked = {"task": "run", "cursor": reader.cursor, "total_steps": 120}
    (told,) = (m["task"] for m in site.get("points", **asked)["messages"] if m["type"] == "task")
    assert (told["total_steps"], told["progress"]) == (120, 0.5)
    assert told["total_source"] == "typed by you"
    assert told["eta"] is not None
    assert told == site.get("task", task="run", total_steps=120)


OFTEN = ("forward", "poll") * 2
RARE = ("nan", "late", "other", "evaluate", "wait", "begin anew", "resume")
plays = st.lists(st.sampled_from((*OFTEN, *RARE)), min_size=3, max_size=14)


@given(plays)
@settings(deadline=None, max_examples=25)
def test_whatever_happens_a_reader_ends_up_with_what_a_new_one_gets(played: list[str]) -> None:
    """Late points, pauses, metrics that come and go, files that are begun anew."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        with closing(Play(Path(folder) / "run", clock)) as play:
            site = Site(folder, clock)
            reader = Reader(site, "run", **SMOOTHING)
            for action in played:
                play.act(action)
                if action == "poll":
                    reader.poll()
        clock.advance(2.0)
        reader.poll()
        assert_up_to_date(reader, site, Site(folder, clock))


class Play:
    """A trainer who does what it is told to."""

    def __init__(self, run: Path, clock: Clock) -> None:
        self._run = run
        self._clock = clock
        self._step = 10
        self._pid = 1
        self._has_trained = False
        self.trainer = Trainer(run, clock)
        self.act("forward")

    def close(self) -> None:
        self.trainer.close()

    def act(self, action: str) -> None:
        if action in ("begin anew", "resume"):
            self._launch(0 if action == "begin anew" else max(self._step - 15, 0))
        elif action == "wait":
            self._clock.advance(100.0)
        elif action == "late":
            self.trainer.log(self._step - 5, loss=9.0)
        elif action == "other":
            self.trainer.log(self._step, grad_norm=1.0)
        elif action == "evaluate" and self._has_trained:
            self.trainer.log(self._step, eval__loss=1.5)
        elif action in ("forward", "nan"):
            self._step += 10
            self._has_trained = True
            self.trainer.log(self._step, loss=NAN if action == "nan" else 1 / self._step)
        self.trainer.flush()

    def _launch(self, step: int) -> None:
        self.trainer.close()
        self._clock.advance(30.0)
        self._pid += 1
        self._step = step
        self._has_trained = False
        self.trainer = Trainer(self._run, self._clock, self._pid)
