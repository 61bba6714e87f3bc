"""The TrainMon tab, as a person sees it, on logs that real trainers wrote."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from tests.browser.conftest import open_trainmon
from tests.tensorboard_process import TensorBoard

RESTARTED = "transformers_v5/restart_newlr/tb"

#: Keeps what is written on canvases: the labels of ticks and boundaries.
KEEP_CANVAS_TEXTS = """
    window.canvasTexts = [];
    const fillText = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.canvasTexts.push(String(text));
        return fillText.call(this, text, ...rest);
    };
"""
CANVAS_TEXT_COMES = """
    (body, text) => new Promise((done) => {
        const look = () =>
            window.canvasTexts.includes(text) ? done() : requestAnimationFrame(look);
        look();
    })
"""


def test_every_task_is_listed_with_its_status_in_words(
    page: Page, tensorboard: TensorBoard
) -> None:
    tasks = tensorboard.listing()["tasks"]
    frame = open_trainmon(page, tensorboard, task=RESTARTED)

    frame.get_by_role("button", name="Choose another").click()
    rows = frame.get_by_role("list", name="Tasks").get_by_role("link")

    expect(frame.get_by_text(f"{len(tasks)} tasks", exact=True)).to_be_visible()
    expect(frame.get_by_role("searchbox", name="Find tasks")).to_be_focused()
    at = next(at for at, task in enumerate(tasks) if task["id"] == RESTARTED)
    page.keyboard.press("ArrowDown")
    for place, key in ((at, "Home"), (0, "ArrowDown"), (1, "End"), (len(tasks) - 1, "Home")):
        row = rows.and_(frame.locator(f"li[aria-posinset='{place + 1}'] a"))
        expect(row).to_be_focused()
        expect(row).to_be_in_viewport()
        expect(row).to_contain_text(tasks[place]["name"])
        expect(row).to_contain_text(tasks[place]["status"])
        page.keyboard.press(key)


def test_escape_closes_the_list_from_anywhere_and_leaves_task_and_focus_as_they_were(
    page: Page, tensorboard: TensorBoard
) -> None:
    frame = open_trainmon(page, tensorboard, task=RESTARTED, x="20~80")
    button = frame.get_by_role("button", name=f"Task {RESTARTED}, completed")
    expect(button).to_be_visible()
    search = frame.get_by_role("searchbox", name="Find tasks")
    button.focus()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("keras")
    expect(search).to_have_value("keras")
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    expect(button).to_be_focused()

    button.click()
    expect(search).to_have_value("keras")
    expect(search).to_be_focused()
    # Closed and opened again before the browser has told of either.
    button.evaluate("(button) => { button.click(); button.focus(); button.click(); }")
    expect(search).to_be_focused()
    first = frame.get_by_role("list", name="Tasks").get_by_role("link").first
    expect(first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    expect(button).to_be_focused()
    assert "p.trainmon.x=20~80" in page.url


def test_choosing_a_task_opens_it_and_the_url_leads_back_to_it(
    page: Page, context: BrowserContext, whole_tensorboard: TensorBoard
) -> None:
    frame = open_trainmon(page, whole_tensorboard, task="torch_summarywriter/plain")
    frame.get_by_role("button", name="Choose another").click()
    frame.get_by_role("searchbox", name="Find tasks").fill("restart_newlr")
    page.keyboard.press("Enter")
    expect(frame.get_by_role("button", name=f"Task {RESTARTED}, completed")).to_be_visible()
    page.wait_for_url("**/*p.trainmon.task=*restart_newlr*")

    again = context.new_page()
    again.goto(page.url)

    reopened = again.frame_locator("iframe").get_by_role("button", name=f"Task {RESTARTED}")
    expect(reopened).to_be_visible()


def test_a_restarted_task_shows_all_its_attempts_end_to_end(
    new_page: Page, tensorboard: TensorBoard
) -> None:
    new_page.add_init_script(KEEP_CANVAS_TEXTS)
    frame = open_trainmon(new_page, tensorboard, task=RESTARTED)
    points = tensorboard.get(f"data/plugin/trainmon/series?task={RESTARTED}&metric=loss")
    total = points["series"]["loss"]["total_points"]

    loss = frame.get_by_label(
        re.compile(rf"^Loss: {total} points in 2 attempts, up to step 100;"),
    )
    expect(loss).to_be_visible()
    expect(loss.locator("canvas")).to_be_visible()
    # 43 steps, then from 0 to 100: the ticks after the boundary count from the start again.
    frame.locator("body").evaluate(CANVAS_TEXT_COMES, "attempt 2")
    texts = frame.locator("body").evaluate("() => window.canvasTexts.join(' ')")
    assert re.search(r"\b40 (0 )?[12]0 (20 )?40 ", texts), texts


def test_the_tab_is_dark_when_tensorboard_is(page: Page, whole_tensorboard: TensorBoard) -> None:
    frame = open_trainmon(page, whole_tensorboard)
    expect(frame.get_by_role("heading", name="TrainMon")).to_be_visible()
    light = background(frame)

    page.evaluate("document.body.classList.toggle('dark-mode')")
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    dark = background(frame)

    assert brightness(dark) < 64
    assert brightness(light) > 192


def background(frame: FrameLocator) -> str:
    colour: str = frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    return colour


def brightness(colour: str) -> float:
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return (red + green + blue) / 3
