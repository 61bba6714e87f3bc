"""The stream, played: a trainer logs, a tab listens and must have exactly what is there."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from tb_trainmon.routes import stream
from tests.routes.conftest import NewSite
from tests.routes.listener import BEAT, Listener
from tests.routes.reader import Reader
from tests.routes.site import PREFIX, Clock, Site
from tests.routes.trainer import Trainer, train, training

SMOOTHING = {"ema": 0.7, "ma": 4}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream with nothing to say says so at once, so that no test waits."""
    monkeypatch.setattr(stream, "COMMENT_EVERY", 0.0)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "run"


@pytest.fixture
def trainer(run: Path, clock: Clock) -> Iterator[Trainer]:
    """At work, with three points flushed."""
    with training(run, clock) as trainer:
        log(trainer, 1, 2, 3)
        yield trainer


@pytest.fixture
def site(trainer: Trainer, run: Path, open_site: NewSite) -> Site:
    return open_site(run.parent)


@pytest.fixture
def listener(site: Site) -> Listener:
    listener = Listener(site, "run", **SMOOTHING)
    listener.listen()
    return listener


def log(trainer: Trainer, *steps: int) -> None:
    for step in steps:
        trainer.log(step, loss=math.nan if step % 7 == 0 else 1 / step)
    trainer.flush()


def beat(site: Site, clock: Clock) -> None:
    clock.advance(BEAT)
    site.watcher.beat()


def assert_up_to_date(listener: Reader, site: Site) -> None:
    """Points, smoothed values to the last bit, task and rows are as one is told who asks now."""
    fresh = Reader(site, "run", **SMOOTHING)
    assert listener.series == fresh.series
    assert listener.rows == fresh.rows
    assert listener.task == fresh.task


def test_the_events_joined_are_the_series(
    trainer: Trainer, site: Site, listener: Listener, clock: Clock, run: Path, open_site: NewSite
) -> None:
    """Also as a TensorBoard tells it that was just started: nothing doubled, nothing missing."""
    for step in range(4, 40, 3):
        log(trainer, step, step + 1, step + 2)
        beat(site, clock)
        assert listener.hear() == ["task", "logs", "points"]
    assert listener.series["loss"]["step"] == list(range(1, 40))
    assert listener.resets == []
    assert_up_to_date(listener, site)
    assert_up_to_date(listener, open_site(run.parent))


def test_nothing_is_sent_while_nothing_happens(
    site: Site, listener: Listener, clock: Clock
) -> None:
    for _ in range(3):
        beat(site, clock)
        assert listener.hear() == []


def test_a_stream_cut_off_anywhere_resumes_with_nothing_doubled_and_nothing_missing(
    trainer: Trainer, site: Site, clock: Clock
) -> None:
    """At every one of its bytes: what follows the last id is all that there was."""
    source = Listener(site, "run", **SMOOTHING)
    source.listen()
    sent: list[bytes] = []
    for step in (4, 6):
        log(trainer, step, step + 1)
        beat(site, clock)
        sent.append(next(source._chunks))
    source.hang_up()
    whole = b"".join(sent)
    fresh = Reader(site, "run", **SMOOTHING)
    for cut in range(0, len(whole), 13):
        listener = _one_more(source)
        listener.take_events(whole[:cut])
        listener.listen()
        site.watcher.beat()
        listener.hear()
        listener.hang_up()
        assert listener.series == fresh.series, cut
        assert listener.rows == fresh.rows, cut
        assert listener.resets == []


def _one_more(source: Listener) -> Listener:
    """Another that stands where ``source`` does: at its cursor, with the first three points."""
    listener = copy.copy(source)
    listener.series = copy.deepcopy(source.series)
    listener.rows = dict(source.rows)
    listener.resets = []
    return listener


def test_a_cursor_of_the_stream_is_one_for_polling_and_back(
    trainer: Trainer, site: Site, listener: Listener, clock: Clock
) -> None:
    log(trainer, 4)
    beat(site, clock)
    assert listener.hear() == ["task", "logs", "points"]
    listener.hang_up()
    log(trainer, 5)
    assert listener.poll() == ["task", "points", "logs"]
    log(trainer, 6)
    listener.listen()
    beat(site, clock)
    assert listener.hear() == ["task", "logs", "points"]
    assert listener.resets == []
    assert_up_to_date(listener, site)


def test_the_address_may_name_the_cursor_and_the_header_is_newer(
    trainer: Trainer, site: Site, listener: Listener, clock: Clock
) -> None:
    old = listener.cursor
    log(trainer, 4)
    beat(site, clock)
    listener.hear()
    asked = {"task": "run", "cursor": old}
    by_address = site.client.get(PREFIX + "stream", query_string=asked)
    by_header = site.client.get(
        PREFIX + "stream", query_string=asked, headers={"Last-Event-ID": listener.cursor}
    )
    beat(site, clock)
    chunks = [iter(answer.iter_encoded()) for answer in (by_address, by_header)]
    assert [next(chunk) for chunk in chunks] == [b"retry: 2000\n\n"] * 2
    assert b"event: points" in next(chunks[0])
    assert next(chunks[1]) == b":\n\n"


@pytest.mark.parametrize("cursor", ["", "0123456789ab:3"])
def test_without_a_cursor_and_with_a_stale_one_the_stream_begins_with_a_reset(
    trainer: Trainer, site: Site, listener: Listener, clock: Clock, cursor: str
) -> None:
    """And goes on from there."""
    listener.cursor = cursor
    listener.listen()
    beat(site, clock)
    assert listener.hear() == ["reset"]
    log(trainer, 4)
    beat(site, clock)
    assert listener.hear() == ["task", "logs", "points"]
    assert_up_to_date(listener, site)


def test_a_new_attempt_is_a_reset_after_which_the_stream_goes_on(
    trainer: Trainer, site: Site, listener: Listener, clock: Clock, run: Path
) -> None:
    clock.advance(60.0)
    with training(run, clock, pid=2) as again:
        log(again, 1, 2, 3)
        beat(site, clock)
        beat(site, clock)
        assert listener.hear() == ["reset"]
        log(again, 4)
        beat(site, clock)
        beat(site, clock)
        listener.hear()
    assert listener.series["loss"]["attempt"] == [1, 1, 1, 2, 2, 2, 2]
    assert_up_to_date(listener, site)


def test_a_stream_says_what_keeps_it_flowing_through_proxies(site: Site) -> None:
    answer = site.answer("stream", method="HEAD", task="run")
    assert answer.content_type == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert site.watcher.viewers == 0, "HEAD opens no stream"


def test_one_who_hangs_up_is_let_go(site: Site, listener: Listener) -> None:
    assert site.watcher.viewers == 1
    listener.hang_up()
    assert site.watcher.viewers == 0
    unread = site.client.get(PREFIX + "stream", query_string={"task": "run"})
    unread.close()
    assert site.watcher.viewers == 0


def test_a_stream_that_cannot_be_is_an_error_like_any_other(site: Site) -> None:
    assert site.error(404, "stream", task="none")[0] == "unknown_task"
    assert site.error(404, "stream", task="run", metric="none")[0] == "unknown_metric"
    assert site.error(400, "stream")[0] == "bad_parameter"
    assert site.error(400, "stream", task="run", ema=1)[0] == "bad_parameter"


def test_beyond_the_limit_the_answer_names_the_way_that_always_works(
    trainer: Trainer, site: Site
) -> None:
    streams = [site.client.get(PREFIX + "stream", query_string={"task": "run"}) for _ in range(10)]
    code, said = site.error(503, "stream", task="run")
    assert (code, said) == (
        "too_many_streams",
        "All 10 streams are taken. The route 'points' answers the same by polling.",
    )
    assert site.get("points", task="run")["messages"]
    streams[0].close()
    assert site.answer("stream", task="run").status_code == 200


def test_the_stream_of_a_task_that_has_gone_ends(
    trainer: Trainer, site: Site, clock: Clock, run: Path
) -> None:
    train(run.parent / "other", clock, range(1, 4))
    answer = site.client.get(PREFIX + "stream", query_string={"task": "other"})
    chunks = iter(answer.iter_encoded())
    for file in (run.parent / "other").iterdir():
        file.unlink()
    (run.parent / "other").rmdir()
    clock.advance(60.0)
    beat(site, clock)
    text = b"".join(chunks).decode()
    assert text.startswith("retry: 2000\n\nevent: reset\nid: ")
    assert "There is no task 'other' here." in text


def test_a_client_has_one_stream_and_goes_on_from_its_cursor(
    trainer: Trainer, site: Site, clock: Clock
) -> None:
    listener = Listener(site, "run", **SMOOTHING)
    listener.listen(client="tab 1")
    old = listener._chunks
    listener.listen(client="tab 1")
    assert list(old) == [b":\n\n"]
    log(trainer, 4)
    beat(site, clock)
    assert listener.hear() == ["task", "logs", "points"]
    assert listener.resets == []
    assert site.watcher.viewers == 1


def test_the_name_of_a_client_has_a_bound(site: Site) -> None:
    answer = site.answer("stream", task="run", client="x" * 65)
    assert answer.status_code == 400
    assert "allowed are 64" in answer.text
