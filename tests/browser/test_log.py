"""The training log in a real browser: search, keys, copying, a hundred thousand rows."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.bench.make_logs import write_run
from tests.browser.conftest import open_trainmon
from tests.conftest import StartTensorBoard
from tests.routes.site import Clock
from tests.routes.trainer import Trainer, training
from tests.tensorboard_process import TensorBoard

RESTARTED = "transformers_v5/restart_newlr/tb"
STEPS = 50_000


@pytest.fixture
def frame(page: Page, tensorboard: TensorBoard) -> FrameLocator:
    """A task of two attempts."""
    return open_trainmon(page, tensorboard, task=RESTARTED)


@pytest.fixture(scope="module")
def big_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A task with 100,002 rows: a step and an evaluation at each of 50,000 steps, start and end."""
    folder = tmp_path_factory.mktemp("big")
    write_run(folder / "run", STEPS, 0, "torch", 0)
    return folder


@pytest.fixture
def trainer(tmp_path: Path) -> Iterator[Trainer]:
    """A training that goes on when a test says so; 100 steps are done."""
    clock = Clock(time.time() - 200)
    with training(tmp_path / "run", clock) as trainer:
        for step in range(1, 101):
            trainer.log(step, loss=1 / step)
        trainer.flush()
        yield trainer


def grid(frame: FrameLocator) -> Locator:
    return frame.get_by_role("grid", name="newest first")


def rows(frame: FrameLocator) -> Locator:
    return grid(frame).get_by_role("row")


def row_of(frame: FrameLocator, step: int) -> Locator:
    """The row of a step."""
    cell = frame.locator(".log-step").filter(has_text=re.compile(f"^{step}$"))
    return rows(frame).filter(has=cell).first


def extent(frame: FrameLocator) -> Locator:
    return frame.get_by_role("region", name="Training log", exact=True).get_by_role("status")


def test_a_search_leaves_the_rows_that_hold_all_words(page: Page, frame: FrameLocator) -> None:
    """And says how many; the field keeps the focus, the URL has the words."""
    field = frame.get_by_role("searchbox", name="Search the training log")
    field.press_sequentially("#2 eval")
    expect(extent(frame)).to_have_text(re.compile(r"^\d+ rows match$"))
    expect(field).to_be_focused()
    for text in rows(frame).all_inner_texts():
        assert "eval" in text
        assert "#2" in text
    page.wait_for_url("**/*p.trainmon.logsearch=%232%20eval*")

    field.fill("no such words")
    expect(frame.get_by_text("No row holds “no such words”.")).to_be_visible()
    frame.get_by_role("button", name="Show all rows").click()
    expect(extent(frame)).to_have_text(re.compile(r"^\d+ rows$"))
    expect(field).to_have_value("")


def test_types_and_words_filter_together(frame: FrameLocator) -> None:
    frame.get_by_role("searchbox", name="Search the training log").fill("#1")
    frame.get_by_role("button", name=re.compile("^start")).click()
    expect(extent(frame)).to_have_text("1 row matches")
    expect(rows(frame)).to_have_text([re.compile("Attempt 1 began at step 0.")])


def test_a_row_is_opened_walked_and_copied_by_keys(
    page: Page, context: BrowserContext, frame: FrameLocator
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    grid(frame).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    detail = frame.get_by_role("region", name="The whole row")
    expect(detail).to_contain_text("Attempt 2 completed")
    page.keyboard.press("ArrowDown")
    expect(detail).not_to_contain_text("Attempt 2 completed")
    page.keyboard.press("Shift+ArrowDown")
    expect(rows(frame).and_(frame.locator("[aria-selected=true]"))).to_have_count(2)

    page.keyboard.press("Control+c")
    expect(extent(frame)).to_have_text("2 rows copied")
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(copied) == 2
    assert all(line.count("\t") == 5 for line in copied)
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()

    rows(frame).nth(4).click()
    rows(frame).nth(7).click(modifiers=["Shift"])
    expect(frame.get_by_role("button", name="Copy 4 rows")).to_be_visible()


def test_all_rows_that_match_are_copied_by_one_click(
    page: Page, context: BrowserContext, frame: FrameLocator
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    frame.get_by_role("button", name=re.compile("^checkpoint")).click()
    expect(extent(frame)).to_have_text("3 rows")
    frame.get_by_role("button", name="Copy rows").click()
    expect(extent(frame)).to_have_text("3 rows copied")
    assert page.evaluate("navigator.clipboard.readText()").count("checkpoint-") == 3


def test_the_whole_log_is_downloaded(page: Page, frame: FrameLocator) -> None:
    with page.expect_download() as started:
        frame.get_by_role("link", name="Download all").click()
    assert started.value.suggested_filename == "transformers_v5-restart_newlr-tb log.csv"
    lines = started.value.path().read_text("utf-8").splitlines()
    assert lines[0].startswith("type,attempt,step,x,wall_time")
    assert lines[1].startswith("start,1,0,0,")


def test_a_hundred_thousand_rows_scroll_to_the_first(
    page: Page, start_tensorboard: StartTensorBoard, big_logs: Path
) -> None:
    """By the scroll bar, by wheel and by keys; the page holds what is in sight."""
    frame = open_trainmon(page, start_tensorboard("--logdir", str(big_logs)))
    expect(extent(frame)).to_have_text("100,002 rows")
    assert grid(frame).evaluate("box => box.scrollHeight") > 100_002 * 28 - 1

    grid(frame).evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(grid(frame).get_by_text("Attempt 1 began at step 0.")).to_be_visible()
    assert rows(frame).count() < 60

    grid(frame).focus()
    page.keyboard.press("Home")
    expect(grid(frame).get_by_text("Attempt 1 stopped.")).to_be_visible()
    for _ in range(30):
        grid(frame).evaluate("box => box.scrollBy(0, 40_000)")
        page.wait_for_timeout(20)
    expect(grid(frame).locator("[aria-busy=true]")).to_have_count(0)
    page.keyboard.press("End")
    expect(grid(frame).get_by_text("Attempt 1 began at step 0.")).to_be_visible()

    frame.get_by_role("searchbox", name="Search the training log").fill("step 12345")
    expect(extent(frame)).to_have_text("1 row matches")


def test_new_rows_do_not_move_what_is_being_read(
    page: Page, start_tensorboard: StartTensorBoard, trainer: Trainer, tmp_path: Path
) -> None:
    frame = open_trainmon(page, start_tensorboard("--logdir", str(tmp_path)))
    expect(extent(frame)).to_have_text("101 rows")
    grid(frame).evaluate("box => box.scrollTo(0, 50 * 28)")
    read = row_of(frame, 50)
    before = read.bounding_box()

    for step in range(101, 113):
        trainer.log(step, loss=1 / step)
    trainer.flush()
    button = frame.get_by_role("button", name="12 new rows")
    expect(button).to_be_visible()
    assert read.bounding_box() == before

    button.click()
    expect(rows(frame).first).to_contain_text("112")
    expect(button).to_be_hidden()
    trainer.log(113, loss=0.5)
    trainer.flush()
    expect(rows(frame).first).to_contain_text("113")


def test_what_arrives_during_a_search_obeys_it(
    page: Page, start_tensorboard: StartTensorBoard, trainer: Trainer, tmp_path: Path
) -> None:
    tensorboard = start_tensorboard("--logdir", str(tmp_path))
    frame = open_trainmon(page, tensorboard, logsearch="0.5")
    expect(extent(frame)).to_have_text("1 row matches")
    trainer.log(101, loss=0.25)
    trainer.log(102, loss=0.5)
    trainer.flush()
    expect(extent(frame)).to_have_text("2 rows match")
    expect(rows(frame).first).to_contain_text("102")


def test_a_row_and_the_charts_point_at_each_other(page: Page, frame: FrameLocator) -> None:
    """By pointer and by keys; a chart that is pointed at marks the nearest row in sight."""
    frame.get_by_role("button", name=re.compile("^step")).click()
    row_of(frame, 90).hover()
    pointed = frame.locator(".readout.is-pointed").first
    expect(pointed).to_contain_text("90")
    grid(frame).focus()
    page.mouse.move(2, 2)
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(pointed).to_contain_text("100")

    plot = frame.locator(".plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    expect(grid(frame).locator(".is-near")).to_have_count(1)
    expect(grid(frame).locator(".is-near")).to_contain_text(
        "nearest to what the chart is pointed at"
    )


def test_a_row_at_which_an_insight_begins_leads_to_its_card(
    page: Page, tensorboard: TensorBoard
) -> None:
    frame = open_trainmon(page, tensorboard, task="transformers_v5/nan/tb")
    card = frame.locator(".insight-line")
    # It lies a little below what is in sight.
    grid(frame).focus()
    mark = rows(frame).locator(".log-insight")
    expect(mark).to_have_accessible_name(re.compile("^Insight: .*step 35"))

    mark.click()
    expect(card).to_be_focused()
    expect(card).to_have_attribute("aria-expanded", "true")

    row_of(frame, 35).click()
    frame.locator("#log-detail").get_by_role("button", name="step 35").press("Enter")
    expect(card).to_be_focused()
