"""Parts of the tab that are fetched when they are wanted, and what is seen where that fails."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.conftest import open_trainmon
from tests.browser.test_tab import RESTARTED
from tests.tensorboard_process import TensorBoard

NOT_LOADED = "This part of TrainMon could not be loaded."


def refuse(route: Route) -> None:
    route.fulfill(status=404, content_type="application/json", body="{}")


def page_without(context: BrowserContext, part: str) -> Page:
    """A page that does not get one of the files, as its console may well say."""
    page = context.new_page()
    page.route(f"**/assets/{part}-*.js", refuse)
    return page


def test_a_part_that_does_not_come_says_so_in_its_place_and_comes_when_it_is_tried_again(
    context: BrowserContext, tensorboard: TensorBoard
) -> None:
    page = page_without(context, "chart_popups")
    frame = open_trainmon(page, tensorboard, task=RESTARTED)
    frame.get_by_label("Loss: more").click()

    expect(frame.get_by_role("alert")).to_contain_text(NOT_LOADED)
    expect(frame.get_by_role("heading", name="Training log")).to_be_visible()

    page.unroute("**/assets/chart_popups-*.js")
    frame.get_by_role("button", name="Try again").click()

    expect(frame.get_by_role("button", name="Save as PNG")).to_be_visible()


def test_a_page_that_does_not_come_is_got_by_loading_the_tab_anew(
    context: BrowserContext, tensorboard: TensorBoard
) -> None:
    page = page_without(context, "task_page")
    frame = open_trainmon(page, tensorboard, task=RESTARTED)

    expect(frame.get_by_role("alert")).to_contain_text(NOT_LOADED)
    expect(frame.get_by_role("link", name="All tasks")).to_be_visible()

    page.unroute("**/assets/task_page-*.js")
    frame.get_by_role("button", name="Load the tab anew").click()

    expect(frame.get_by_role("heading", name="Training log")).to_be_visible()


def search_begun_without(page: Page, tensorboard: TensorBoard, needed: str, typed: str) -> Locator:
    """The search for tasks, begun while what it needs is held back, which comes only then."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(needed, hold)
    frame = open_trainmon(page, tensorboard, task=RESTARTED)
    button = frame.get_by_role("button", name=f"Task {RESTARTED}, completed")
    expect(button).to_be_visible()
    button.focus()
    page.keyboard.press("/")
    page.keyboard.type(typed)
    expect(frame.locator("#selector-popup .loading")).to_be_attached()

    for route in held:
        route.continue_()
    search = frame.get_by_role("searchbox", name="Find tasks")
    expect(search).to_be_focused()
    return search


def test_letters_typed_while_the_list_comes_are_the_beginning_of_its_search(
    page: Page, tensorboard: TensorBoard
) -> None:
    search = search_begun_without(page, tensorboard, "**/assets/overview-*.js", typed="ke")
    page.keyboard.type("ras")

    expect(search).to_have_value("keras")
    page.unroute_all(behavior="ignoreErrors")


def test_another_task_can_be_searched_for_before_the_list_has_come(
    page: Page, tensorboard: TensorBoard
) -> None:
    asked = "**/data/plugin/trainmon/tasks*"
    search = search_begun_without(page, tensorboard, asked, typed="keras")
    expect(search).to_have_value("keras")
    page.unroute_all(behavior="ignoreErrors")
