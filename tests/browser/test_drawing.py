"""What hands do on a chart, in a real browser."""

from __future__ import annotations

import math
import re
import time
from contextlib import closing
from pathlib import Path
from random import Random

from playwright.sync_api import FloatRect, FrameLocator, Locator, Page, expect
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tests.browser.conftest import open_trainmon
from tests.conftest import StartTensorBoard
from tests.tensorboard_process import TensorBoard

RESTARTED = "transformers_v5/restart_newlr/tb"
#: The lines' field begins so far from the chart's left edge, and ends so far from its right one.
LEFT, RIGHT = 54, 18


def chart(frame: FrameLocator) -> Locator:
    return frame.locator(".plot[data-drawn-up-to]").first


def place(box: FloatRect, share: float) -> tuple[float, float]:
    """Where on the page a share of the field's width is."""
    return box["x"] + LEFT + share * (box["width"] - LEFT - RIGHT), box["y"] + 80


def drawn_chart(page: Page, tensorboard: TensorBoard) -> tuple[FrameLocator, FloatRect]:
    frame = open_trainmon(page, tensorboard, task=RESTARTED)
    chart(frame).scroll_into_view_if_needed()
    box = chart(frame).bounding_box()
    assert box is not None
    return frame, box


def crosshairs(frame: FrameLocator) -> Locator:
    return frame.locator(".cross:not([hidden])")


def test_one_crosshair_for_all_charts_by_mouse_and_by_key(
    page: Page, tensorboard: TensorBoard
) -> None:
    frame, box = drawn_chart(page, tensorboard)
    charts = frame.locator(".plot canvas").count()
    expect(crosshairs(frame)).to_have_count(0)

    page.mouse.move(*place(box, 0.1))
    expect(crosshairs(frame)).to_have_count(charts)
    readout = frame.locator(".readout").first
    expect(readout).to_contain_text("attempt 1")
    page.mouse.move(*place(box, 0.9))
    expect(readout).to_contain_text("attempt 2")
    page.mouse.move(5, 5)
    expect(crosshairs(frame)).to_have_count(0)

    chart(frame).focus()
    page.keyboard.press("Home")
    expect(readout).to_contain_text("attempt 1")
    page.keyboard.press("End")
    expect(readout).to_contain_text("step 100")


def test_dragging_zooms_shift_pans_and_a_double_click_leads_back(
    page: Page, tensorboard: TensorBoard
) -> None:
    frame, box = drawn_chart(page, tensorboard)
    page.mouse.move(*place(box, 0.25))
    page.mouse.down()
    page.mouse.move(*place(box, 0.5), steps=3)
    expect(frame.locator(".selection:not([hidden])")).to_have_count(1)
    page.mouse.up()
    page.wait_for_url("**p.trainmon.x=*")
    before, zoomed = page.url, shown_range(page)

    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(*place(box, 0.25), steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.wait_for_url(lambda url: url != before)
    panned = shown_range(page)
    assert panned[0] > zoomed[0]
    assert abs((panned[1] - panned[0]) - (zoomed[1] - zoomed[0])) < 1e-6

    page.mouse.dblclick(*place(box, 0.5))
    page.wait_for_function("() => !location.hash.includes('p.trainmon.x=')")


def shown_range(page: Page) -> tuple[float, float]:
    found = re.search(r"p\.trainmon\.x=([\d.]+)~([\d.]+)", page.url)
    assert found is not None
    return float(found[1]), float(found[2])


#: Where on each canvas something was wiped away, so as to be drawn anew.
NOTE_STRIPS = """
    const clear = CanvasRenderingContext2D.prototype.clearRect;
    window.wiped = [];
    CanvasRenderingContext2D.prototype.clearRect = function (x, ...size) {
        window.wiped.push([x, this.canvas]);
        return clear.call(this, x, ...size);
    };
"""
KEEP_PIXELS = """
    (canvas) => {
        window.pixels = () =>
            canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        window.kept = window.pixels();
    }
"""
SHARE_OF_OTHER_PIXELS = """
    () => {
        const differs = (value, at) => Math.abs(value - window.kept[at]) > 48;
        const now = window.pixels();
        return now.filter(differs).length / now.length;
    }
"""


def test_a_strip_that_is_drawn_as_points_come_looks_as_if_all_were_drawn(
    new_page: Page, start_tensorboard: StartTensorBoard, tmp_path: Path
) -> None:
    noise = Random(1)
    with closing(EventFileWriter(str(tmp_path / "run"))) as writer:

        def train(steps: range) -> None:
            for step in steps:
                loss = math.nan if step % 97 == 0 else 2.0 + noise.random()
                value = Summary.Value(tag="loss", simple_value=loss)
                at = time.time()
                writer.add_event(Event(wall_time=at, step=step, summary=Summary(value=[value])))
            writer.flush()

        train(range(3850))
        new_page.add_init_script(NOTE_STRIPS)
        frame = open_trainmon(new_page, start_tensorboard("--logdir", str(tmp_path)))
        plot = frame.locator(".plot").first
        expect(plot).to_have_attribute("data-drawn-up-to", "3849")
        for first in range(3850, 3895, 15):
            train(range(first, first + 15))
            expect(plot).to_have_attribute("data-drawn-up-to", str(first + 14))
    canvas = frame.locator(".plot canvas").first
    wiped = canvas.evaluate("(it) => window.wiped.filter(([, c]) => c === it).map(([x]) => x)")
    # How many depends on how the news come: a machine with much else to do brings them in parts.
    assert sum(x > 100 for x in wiped) > 0
    canvas.evaluate(KEEP_PIXELS)

    for is_dark in (True, False):
        canvas.evaluate("() => { window.wiped = []; }")
        new_page.evaluate(f"document.body.classList.toggle('dark-mode', {str(is_dark).lower()})")
        new_page.wait_for_function(
            "() => document.querySelector('iframe[src*=trainmon]').contentWindow.wiped.some("
            "([x, it]) => x === 0 && it === it.ownerDocument.querySelector('.plot canvas'))"
        )
    assert canvas.evaluate(SHARE_OF_OTHER_PIXELS) <= 1 / 20_000
