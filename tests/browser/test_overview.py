"""The overview of all tasks, and what is done by keyboard, on logs that real trainers wrote."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.browser.conftest import FRAME, open_trainmon
from tests.conftest import StartTensorBoard
from tests.tasks.scenes import LogFile
from tests.tensorboard_process import TensorBoard

RESTARTED = "transformers_v5/restart_newlr/tb"


def rows_of(frame: FrameLocator) -> Locator:
    return frame.get_by_role("list", name="Tasks").get_by_role("link")


def heading_of(frame: FrameLocator, task: str) -> Locator:
    return frame.get_by_role("button", name=f"Task {task},")


def test_all_tasks_are_shown_where_the_url_names_none(page: Page, tensorboard: TensorBoard) -> None:
    tasks = tensorboard.listing()["tasks"]
    frame = open_trainmon(page, tensorboard)

    expect(frame.get_by_text(f"{len(tasks)} tasks", exact=True)).to_be_visible()
    first = rows_of(frame).first
    for told in (tasks[0]["name"], tasks[0]["status"], "ago"):
        expect(first).to_contain_text(told)
    # The curve of its loss: the path is empty where there are no points.
    expect(first.locator("svg.spark path").first).to_have_attribute("d", re.compile(r"^M3 .*L109 "))


def test_a_task_is_found_and_opened_by_keyboard_alone_and_back_leads_to_the_search(
    page: Page, whole_tensorboard: TensorBoard
) -> None:
    frame = open_trainmon(page, whole_tensorboard)
    expect(rows_of(frame).first).to_be_visible()
    frame.locator("body").press("/")
    page.keyboard.type("NEWLR transformers completed")
    expect(rows_of(frame)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(rows_of(frame).first).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading_of(frame, RESTARTED)).to_be_visible()

    page.evaluate("window.loadedOnce = true")
    page.go_back()
    expect(frame.get_by_role("searchbox")).to_have_value("NEWLR transformers completed")
    expect(rows_of(frame)).to_have_count(1)
    page.go_forward()
    expect(heading_of(frame, RESTARTED)).to_be_visible()
    page.keyboard.press("o")
    expect(rows_of(frame)).to_have_count(1)
    assert page.evaluate("window.loadedOnce")


def test_statuses_narrow_the_list_and_a_link_with_them_shows_the_same(
    page: Page, tensorboard: TensorBoard
) -> None:
    tasks = tensorboard.listing()["tasks"]
    completed = [task["name"] for task in tasks if task["status"] == "completed"]
    assert 0 < len(completed) < len(tasks)
    frame = open_trainmon(page, tensorboard)
    chip = frame.get_by_role("button", name=f"completed {len(completed)}")
    chip.click()

    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(frame.get_by_text(f"{len(completed)} of {len(tasks)} tasks")).to_be_visible()
    page.wait_for_url("**/*p.trainmon.status=completed*")

    page.reload()
    expect(frame.get_by_text(f"{len(completed)} of {len(tasks)} tasks")).to_be_visible()
    expect(rows_of(frame).first).to_contain_text(completed[0])


def test_a_search_that_leaves_nothing_says_so_and_can_be_dropped(
    page: Page, tensorboard: TensorBoard
) -> None:
    frame = open_trainmon(page, tensorboard, find="no such task", status="failed")
    expect(frame.get_by_role("heading", name="Nothing matches")).to_be_visible()
    expect(frame.get_by_text("“no such task”, failed")).to_be_visible()
    frame.get_by_role("button", name="Show all tasks").click()
    expect(rows_of(frame).first).to_be_visible()


def test_escape_clears_the_search_then_the_statuses(page: Page, tensorboard: TensorBoard) -> None:
    frame = open_trainmon(page, tensorboard, find="transformers", status="completed")
    search = frame.get_by_role("searchbox")
    search.press("Escape")
    expect(search).to_have_value("")
    expect(frame.get_by_role("button", name="completed")).to_have_attribute("aria-pressed", "true")
    search.press("Escape")
    expect(frame.get_by_role("button", name="completed")).to_have_attribute("aria-pressed", "false")


def test_the_arrows_lead_through_more_rows_than_are_on_the_page(
    page: Page, tensorboard: TensorBoard
) -> None:
    tasks = tensorboard.listing()["tasks"]
    frame = open_trainmon(page, tensorboard)
    expect(rows_of(frame).first).to_be_visible()
    assert rows_of(frame).count() < len(tasks)
    frame.get_by_role("searchbox").press("ArrowDown")
    expect(rows_of(frame).first).to_be_focused()
    page.keyboard.press("End")
    last = frame.locator("li[aria-posinset='" + str(len(tasks)) + "'] a")
    expect(last).to_be_focused()
    expect(last).to_contain_text(tasks[-1]["name"])
    expect(last).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(frame.get_by_role("searchbox")).to_be_focused()


def test_a_task_that_is_alone_opens_at_once(
    page: Page, real_logs: Path, tmp_path: Path, start_tensorboard: StartTensorBoard
) -> None:
    shutil.copytree(real_logs / "keras3_tf" / "epoch_only", tmp_path / "alone")
    frame = open_trainmon(page, start_tensorboard("--logdir", str(tmp_path)))
    expect(heading_of(frame, "alone")).to_be_visible()


def test_the_sheet_lists_the_keys_and_gives_the_focus_back(
    page: Page, tensorboard: TensorBoard
) -> None:
    frame = open_trainmon(page, tensorboard, task=RESTARTED)
    expect(heading_of(frame, RESTARTED)).to_be_visible()
    heading_of(frame, RESTARTED).focus()
    page.keyboard.press("?")
    sheet = frame.get_by_role("dialog", name="Keys")
    for words in ("All tasks", "Next task", "Whole history", "Reset the zoom"):
        expect(sheet.get_by_text(re.compile(words))).to_be_visible()
    page.keyboard.press("h")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(heading_of(frame, RESTARTED)).to_be_focused()
    assert "p.trainmon.view" not in page.url

    page.keyboard.press("h")
    page.wait_for_url("**/*p.trainmon.view=all*")
    page.keyboard.press("j")
    expect(heading_of(frame, RESTARTED)).to_be_hidden()
    page.keyboard.press("k")
    expect(heading_of(frame, RESTARTED)).to_be_visible()


def test_a_failure_stands_in_the_title_until_somebody_looks_and_why_in_the_list(
    page: Page, tmp_path: Path, start_tensorboard: StartTensorBoard
) -> None:
    run = tmp_path / "bert"
    run.mkdir()
    LogFile(run, time.time()).train(range(1, 11), time.time(), every=0.0).close()
    frame = open_trainmon(page, start_tensorboard("--logdir", str(tmp_path)))
    expect(frame.get_by_role("button", name="Task bert, running")).to_be_visible()
    title = page.title()
    page.evaluate("document.hasFocus = () => false")
    (run / "error.txt").write_text("CUDA out of memory")
    expect(frame.get_by_role("button", name="Task bert, failed")).to_be_visible()
    expect(page).to_have_title(f"✗ {title}")
    page.evaluate("delete document.hasFocus")
    frame.get_by_role("heading", name="TrainMon").click()
    expect(page).to_have_title(title)

    frame.get_by_role("link", name="All tasks").click()
    expect(rows_of(frame).first).to_contain_text("CUDA out of memory")


@pytest.mark.waits
def test_a_task_that_is_watched_is_told_of_by_the_browser_while_its_tab_is_hidden(
    new_page: Page, tmp_path: Path, start_tensorboard: StartTensorBoard
) -> None:
    """TensorBoard hides our frame while another of its tabs is chosen."""
    run = tmp_path / "bert"
    run.mkdir()
    LogFile(run, time.time()).train(range(1, 11), time.time(), every=0.0).close()
    new_page.add_init_script(
        """
        window.told = [];
        window.Notification = class {
            static permission = 'granted';
            static requestPermission = async () => 'granted';
            constructor(title, { body }) { window.parent.told.push(`${title}: ${body}`); }
        };
        """
    )
    frame = open_trainmon(new_page, start_tensorboard("--logdir", str(tmp_path)))
    expect(frame.get_by_role("button", name="Task bert, running")).to_be_visible()
    bell = frame.get_by_role("button", name="when it ends")
    expect(bell).to_be_visible()
    frame.locator("body").press("n")
    expect(bell).to_have_attribute("aria-pressed", "true")
    new_page.evaluate(f"document.querySelector('{FRAME}').style.visibility = 'hidden'")
    new_page.wait_for_timeout(1500)
    (run / "error.txt").write_text("CUDA out of memory")
    new_page.wait_for_function("window.told.length > 0", timeout=60_000)
    [told] = new_page.evaluate("window.told")
    assert told.startswith("bert has failed: ")
    assert new_page.title().startswith("✗ ")


def test_the_points_are_carried_away_as_csv(page: Page, tensorboard: TensorBoard) -> None:
    frame = open_trainmon(page, tensorboard, task=RESTARTED)
    frame.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        frame.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("run,tag,metric,attempt,step")
    assert len(lines) > 100


def test_a_format_that_is_not_to_be_had_says_how_to_get_it(
    context: BrowserContext, tensorboard: TensorBoard
) -> None:
    page = context.new_page()
    sentence = "Parquet needs a package: pip install 'tb-trainmon[parquet]'."
    refusal = {"error": {"code": "format_unavailable", "message": sentence}}
    page.route("**/export?*parquet*", lambda route: route.fulfill(status=400, json=refusal))
    frame = open_trainmon(page, tensorboard, task=RESTARTED)
    frame.get_by_role("button", name="Export").click()
    frame.get_by_role("button", name="Parquet").click()
    expect(frame.get_by_text(sentence)).to_be_visible()


def test_a_link_to_the_view_is_there_to_copy_where_the_clipboard_is_refused(
    new_page: Page, tensorboard: TensorBoard
) -> None:
    new_page.add_init_script(
        """
        navigator.clipboard.writeText = () => Promise.reject(new DOMException('no'));
        document.execCommand = () => false;
        """
    )
    frame = open_trainmon(new_page, tensorboard, task=RESTARTED)
    frame.get_by_role("button", name="Export").click()
    frame.get_by_role("button", name="Copy link").click()
    link = frame.get_by_role("textbox", name="Link to this view")
    assert link.input_value() == new_page.url


def test_a_defect_in_one_part_is_said_there_and_the_rest_stays(
    context: BrowserContext, tensorboard: TensorBoard
) -> None:
    page = context.new_page()
    page.add_init_script(
        "Date.prototype.toDateString = () => { throw new Error('no such calendar') }"
    )
    frame = open_trainmon(page, tensorboard, task=RESTARTED)
    told = frame.get_by_role("alert").filter(has_text="stops the glance")
    expect(told).to_contain_text("no such calendar")
    expect(frame.get_by_role("searchbox", name="Search the training log")).to_be_visible()
    expect(frame.get_by_role("heading", name="Charts", exact=True)).to_be_visible()


def test_the_list_is_sorted_and_grouped_and_a_link_with_both_shows_the_same(
    page: Page, tensorboard: TensorBoard
) -> None:
    tasks = tensorboard.listing()["tasks"]
    steps = sorted((task["step"] for task in tasks if task["step"] is not None), reverse=True)
    frame = open_trainmon(page, tensorboard)
    frame.get_by_role("group", name="Sort by").get_by_role("button", name="Step").click()
    expect(rows_of(frame).first).to_contain_text(f"{steps[0]:,}")
    page.wait_for_url("**/*p.trainmon.sort=step*")

    frame.get_by_role("button", name="by folder").click()
    page.wait_for_url("**/*p.trainmon.group=1*")
    head = frame.get_by_role("list", name="Tasks").get_by_role("button").first
    expect(head).to_have_attribute("aria-expanded", "true")
    frame.get_by_role("searchbox").press("ArrowDown")
    expect(head).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(head).to_have_attribute("aria-expanded", "false")
    page.wait_for_url("**/*p.trainmon.foldedgroups=*")

    page.reload()
    expect(head).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("S")
    page.wait_for_url("**/*p.trainmon.sort=-step*")
