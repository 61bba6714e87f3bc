"""The charts, as a person uses them: axes, zoom, pins, folds, files."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, Request, expect

from tests.browser.conftest import open_trainmon
from tests.browser.test_tab import CANVAS_TEXT_COMES, KEEP_CANVAS_TEXTS
from tests.forked_tensorboard import forked_tensorboard
from tests.tensorboard_process import TensorBoard

DEMO_LOGS = Path(__file__).resolve().parents[2] / "demo_logs"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoard]:
    """A TensorBoard on a copy of the demo logs, which have a table, evaluations and checkpoints."""
    logs = tmp_path_factory.mktemp("demo") / "logs"
    shutil.copytree(DEMO_LOGS, logs)
    with forked_tensorboard("--logdir", str(logs)) as running:
        yield running


def card(frame: FrameLocator, title: str) -> Locator:
    return frame.get_by_role("article", name=title, exact=True)


def picture(frame: FrameLocator, title: str) -> Locator:
    return card(frame, title).get_by_role("img", name=re.compile(rf"^{title}: "))


def choose_in_menu(frame: FrameLocator, title: str, item: str) -> None:
    card(frame, title).get_by_label(f"{title}: more").click()
    card(frame, title).get_by_role("button", name=item, exact=True).click()


def drag(page: Page, over: Locator, start: float, end: float) -> None:
    """From one share of the picture's width to another."""
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + box["width"] * start, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, y, steps=5)
    page.mouse.up()


def wait_for_hash(page: Page, pattern: str) -> None:
    page.wait_for_url(re.compile(pattern))


# ---- axes ----------------------------------------------------------------------------------------


def test_attempts_are_laid_over_one_another_by_their_own_steps(
    page: Page, demo: TensorBoard
) -> None:
    frame = open_trainmon(page, demo, task="restarted")
    expect(picture(frame, "Loss")).to_be_visible()
    expect(card(frame, "Loss").get_by_role("list", name="Lines")).to_have_count(0)

    frame.get_by_label("x axis").select_option("steps, attempts overlaid")

    names = card(frame, "Loss").get_by_role("list", name="Lines").get_by_role("listitem")
    expect(names).to_have_text([re.compile(rf"attempt {number} [\d.]+") for number in (3, 2, 1)])
    wait_for_hash(page, "p.trainmon.axis=step")
    picture(frame, "Loss").hover(position={"x": 80, "y": 60})
    # All attempts but the one that was resumed have a point near the beginning.
    expect(card(frame, "Loss").locator(".readout-attempt b")).to_have_text("3")


def test_a_logarithmic_axis_has_powers_of_ten_and_says_what_it_leaves_out(
    new_page: Page, demo: TensorBoard
) -> None:
    new_page.add_init_script(KEEP_CANVAS_TEXTS)
    frame = open_trainmon(new_page, demo, task="failed", open="other")
    expect(card(frame, "Loss").get_by_text(re.compile(r"all 89 points; \d+ NaN"))).to_be_visible()

    frame.get_by_label("Log scale").check()

    frame.locator("body").evaluate(CANVAS_TEXT_COMES, "100")
    learning_rate = card(frame, "Learning rate")
    expect(learning_rate.get_by_text("drawn as logged, not smoothed")).to_be_visible()
    wait_for_hash(new_page, "p.trainmon.log=")


def test_one_chart_alone_may_be_logarithmic(page: Page, demo: TensorBoard) -> None:
    frame = open_trainmon(page, demo, task="restarted")
    choose_in_menu(frame, "Perplexity", "Logarithmic axis")

    wait_for_hash(page, "p.trainmon.log=perplexity")
    card(frame, "Perplexity").get_by_label("Perplexity: more").click()
    expect(
        card(frame, "Perplexity").get_by_role("button", name="Linear axis", exact=True)
    ).to_be_visible()
    expect(frame.get_by_label("Log scale")).not_to_be_checked()


# ---- zoom ----------------------------------------------------------------------------------------


def test_a_zoom_by_mouse_is_shared_and_undone(page: Page, demo: TensorBoard) -> None:
    frame = open_trainmon(page, demo, task="restarted")
    expect(picture(frame, "Loss")).to_be_visible()
    drag(page, picture(frame, "Loss"), 0.3, 0.6)
    wait_for_hash(page, r"p\.trainmon\.x=")

    picture(frame, "Perplexity").dblclick()

    expect(frame.get_by_role("button", name="Reset zoom")).to_have_count(0)
    page.wait_for_url(lambda url: "p.trainmon.x=" not in url)


def test_a_zoom_by_keyboard_goes_into_what_is_pointed_at_and_back(
    page: Page, demo: TensorBoard
) -> None:
    frame = open_trainmon(page, demo, task="restarted")
    picture(frame, "Loss").focus()
    for key in ("Home", "PageDown", "+", "+"):
        page.keyboard.press(key)
    wait_for_hash(page, r"p\.trainmon\.x=")
    expect(frame.get_by_role("button", name="Reset zoom")).to_be_visible()

    page.keyboard.press("Escape")

    expect(frame.get_by_role("button", name="Reset zoom")).to_have_count(0)


def test_a_zoom_goes_over_to_another_axis(page: Page, demo: TensorBoard) -> None:
    frame = open_trainmon(page, demo, task="restarted", x="700~1000")
    expect(frame.get_by_role("button", name="Reset zoom")).to_be_visible()

    frame.get_by_label("x axis").select_option("time on the clock")

    # Attempt 2 began at step 707 of the axis, 25 s after the first.
    wait_for_hash(page, r"p\.trainmon\.x=17953976\d\d\.")


def test_one_crosshair_is_read_out_by_every_chart(page: Page, demo: TensorBoard) -> None:
    frame = open_trainmon(page, demo, task="restarted")
    step_of = [card(frame, name).locator(".readout-step b") for name in ("Loss", "Perplexity")]
    expect(step_of[1]).to_have_text("2,400")

    picture(frame, "Loss").focus()
    page.keyboard.press("Home")

    for step in step_of:
        expect(step).to_have_text("15")
    # Only the one that has the keys is heard.
    said = [card(frame, name).get_by_role("status") for name in ("Loss", "Perplexity")]
    expect(said[0]).to_contain_text(", step 15, attempt 1, ")
    expect(said[1]).to_have_text("")


# ---- training and evaluation ---------------------------------------------------------------------


def test_the_best_evaluation_and_its_checkpoint_take_no_click(
    page: Page, demo: TensorBoard
) -> None:
    best = demo.get("data/plugin/trainmon/marks?task=restarted")["best"]
    assert best["checkpoint"] is not None

    frame = open_trainmon(page, demo, task="restarted")

    sentence = frame.get_by_text(f"Best evaluation loss {best['value']:.3f}")
    expect(sentence).to_contain_text(f"at step {best['step']:,} (attempt {best['attempt']})")
    expect(sentence).to_contain_text("checkpoint")


def test_training_and_evaluation_are_looked_at_together(new_page: Page, demo: TensorBoard) -> None:
    new_page.add_init_script(KEEP_CANVAS_TEXTS)
    frame = open_trainmon(new_page, demo, task="restarted")
    frame.get_by_label("Train and eval together").check()

    names = card(frame, "Loss").get_by_role("list", name="Lines").get_by_role("listitem")
    expect(names).to_have_text([re.compile("^ ?Loss "), re.compile("^ ?Evaluation loss ")])
    expect(card(frame, "Loss").get_by_text("evaluation as logged, not smoothed")).to_be_visible()
    best = demo.get("data/plugin/trainmon/marks?task=restarted")["best"]
    texts = "() => window.canvasTexts.some((text) => text.includes('best'))"
    new_page.frames[-1].wait_for_function(texts)
    assert best["metric"] == "eval_loss"


# ---- arrangement ---------------------------------------------------------------------------------


def test_a_folded_chart_asks_for_nothing(new_page: Page, demo: TensorBoard) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/trainmon/series" in request.url:
            asked.append(request.url)

    new_page.on("request", note)
    frame = open_trainmon(new_page, demo, task="restarted", folded="perplexity")
    expect(picture(frame, "Loss")).to_be_visible()

    expect(card(frame, "Perplexity").get_by_role("img")).to_have_count(0)
    assert len(asked) == 1
    assert "metric=loss" in asked[0]
    assert "perplexity" not in asked[0]

    card(frame, "Perplexity").get_by_role("button", name="Perplexity", exact=True).click()
    expect(picture(frame, "Perplexity")).to_be_visible()
    assert len(asked) == 2
    assert "metric=perplexity" in asked[1]
    assert "metric=loss" not in asked[1]


def test_charts_are_moved_and_made_large_and_a_link_reopens_it_all(
    page: Page, context: BrowserContext, demo: TensorBoard
) -> None:
    frame = open_trainmon(page, demo, task="restarted")
    choose_in_menu(frame, "Loss", "Move right")
    expect(card(frame, "Loss").get_by_label("Loss: more")).to_be_focused()
    card(frame, "Perplexity").get_by_label("Perplexity: full width").click()
    frame.get_by_label("x axis").select_option("time without downtime")
    frame.get_by_label("Train and eval together").check()
    frame.get_by_label("Log scale").check()
    wait_for_hash(page, "p.trainmon.log=")

    again = context.new_page()
    again.goto(page.url)
    reopened = again.frame_locator("iframe")

    expect(reopened.locator(".charts > .chart-grid > article h3")).to_have_text(
        ["Perplexity", "Loss"]
    )
    expect(reopened.get_by_label("Perplexity: full width")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(reopened.get_by_label("x axis")).to_have_value("active")
    expect(reopened.get_by_label("Train and eval together")).to_be_checked()
    expect(reopened.get_by_label("Log scale")).to_be_checked()

    reopened.get_by_label("Perplexity: full width").focus()
    again.keyboard.press("Escape")
    expect(reopened.get_by_label("Perplexity: full width")).to_have_attribute(
        "aria-pressed", "false"
    )


# ---- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "ending", "begins"),
    [
        ("Save as PNG", "png", b"\x89PNG"),
        ("Save as SVG", "svg", b"<svg"),
        ("Save points as CSV", "csv", b"series,attempt,step"),
    ],
)
def test_a_chart_is_saved(
    page: Page, demo: TensorBoard, tmp_path: Path, item: str, ending: str, begins: bytes
) -> None:
    frame = open_trainmon(page, demo, task="restarted")
    expect(picture(frame, "Loss")).to_be_visible()

    with page.expect_download() as download:
        choose_in_menu(frame, "Loss", item)

    assert download.value.suggested_filename == f"restarted Loss.{ending}"
    download.value.save_as(tmp_path / "file")
    content = (tmp_path / "file").read_bytes()
    assert content.startswith(begins)
    total = demo.get("data/plugin/trainmon/series?task=restarted&metric=loss")
    if ending == "csv":
        assert len(content.splitlines()) == 1 + total["series"]["loss"]["total_points"]
    else:
        assert len(content) > 2000


def test_the_points_are_a_table_too(page: Page, demo: TensorBoard) -> None:
    frame = open_trainmon(page, demo, task="restarted")
    choose_in_menu(frame, "Loss", "Table of points")

    table = card(frame, "Loss").get_by_role("table")
    expect(table.get_by_text("Latest 200 of 218 points in sight")).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(201)
    expect(table.get_by_role("row").nth(1)).to_contain_text("2,400")
