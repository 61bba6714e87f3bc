"""The reader's clock: a time zone that changes to summer time, a laptop that slept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import VIEWPORT, open_trainmon, watched
from tests.tensorboard_process import TensorBoard

HOUR = 3600.0
#: In Berlin 28 March 2027, 00:00; at 02:00 the clock goes to 03:00.
NIGHT = datetime(2027, 3, 27, 23, tzinfo=timezone.utc)


@pytest.fixture
def in_berlin(browser: Browser) -> Iterator[Page]:
    """A page in Berlin on that night, whose clock the test sets and moves."""
    with browser.new_context(viewport=VIEWPORT, timezone_id="Europe/Berlin") as profile:
        page = profile.new_page()
        page.clock.install(time=NIGHT)
        with watched(page):
            yield page


def test_an_end_behind_the_change_of_the_clock_is_told_right_and_counted_down_after_a_sleep(
    in_berlin: Page, tensorboard: TensorBoard
) -> None:
    def running(route: Route) -> None:
        answer = route.fetch()
        task = answer.json()
        if "status_reason" in task:
            now = NIGHT.timestamp()
            eta = {"low_s": 28.6 * HOUR, "high_s": 30.6 * HOUR, "finish_at": now + 29 * HOUR}
            task |= {"status": "running", "mode": "live", "eta": eta, "last_event_at": now - 5}
            task |= {"next_evaluation_at": now + 5.4 * HOUR, "at_risk_s": 700.0}
        route.fulfill(response=answer, body=json.dumps(task))

    in_berlin.route("**/data/plugin/trainmon/task?*", running)
    in_berlin.route("**/data/plugin/trainmon/stream?*", lambda route: route.abort())
    in_berlin.route("**/data/plugin/trainmon/points?*", lambda route: route.abort())
    frame = open_trainmon(in_berlin, tensorboard, task="transformers_v5/full")
    status = frame.get_by_role("region", name="Status", exact=True)
    # Its clock goes on from there, so the minutes depend on how fast all this is.
    expect(status).to_contain_text("1 d 4 h to 1 d 6 h left")
    done = re.compile(r"done between Mar 29, 05:[345]\d and 07:[345]\d")
    expect(status).to_contain_text(done)
    expect(status).to_contain_text(
        re.compile(r"Next evaluation in 5 h [12]\d min\. A crash now would cost 1\d min")
    )

    in_berlin.clock.fast_forward(int(4 * HOUR * 1000))  # no beat of it came while it slept
    expect(status).to_contain_text("1 d 0 h to 1 d 2 h left")
    expect(status).to_contain_text(done)
    expect(status).to_contain_text(
        re.compile(r"Next evaluation in 1 h [12]\d min\. A crash now would cost 4 h 1\d min")
    )
