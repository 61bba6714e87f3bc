"""What hands do on a chart, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import FloatRect, FrameLocator, Locator, Page, expect

from tests.browser.conftest import open_trainmon
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
