"""axe-core finds nothing to object to, in any state, light or dark, wide or narrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.conftest import FRAME, open_trainmon
from tests.browser.test_pictures import ASKED, SETTLED, STATES
from tests.tensorboard_process import TensorBoard


@pytest.fixture(params=[360, 1280])
def page_of(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    with browser.new_context(
        viewport={"width": request.param, "height": 900}, reduced_motion="reduce"
    ) as context:
        yield context.new_page()


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_no_violation(name: str, page_of: Page, still: TensorBoard) -> None:
    state = STATES[name]
    page_of.route(ASKED, state.answer)
    frame = open_trainmon(page_of, still, **state.view)
    expect(frame.get_by_text(state.shows).first).to_be_visible()
    state.prepare(frame, page_of)
    inside = _inside(page_of)
    found = []
    for theme in ("light", "dark"):
        page_of.evaluate(
            "dark => document.body.classList.toggle('dark-mode', dark)", theme == "dark"
        )
        inside.evaluate(SETTLED)
        found += [f"{theme}: {_sentence(one)}" for one in _violations(inside)]
    page_of.unroute_all(behavior="ignoreErrors")
    assert found == []


def _inside(page: Page) -> Frame:
    element = page.query_selector(FRAME)
    inside = element.content_frame() if element else None
    assert inside is not None
    return inside


def _violations(frame: Frame) -> list[dict[str, Any]]:
    results = Axe().run(frame)
    found: list[dict[str, Any]] = results.response["violations"]
    return found


def _sentence(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    where = "; ".join(str(node["html"])[:200] for node in nodes[:5])
    return f"{violation['id']}: {violation['help']} ({len(nodes)} times: {where})"


def test_axe_would_find_one(page_of: Page, still: TensorBoard) -> None:
    """It looks into our frame, and at its contrasts too."""
    state = STATES["pending"]
    frame = open_trainmon(page_of, still, **state.view)
    expect(frame.get_by_text(state.shows).first).to_be_visible()
    heading = frame.locator("h1")
    heading.evaluate("one => { one.style.color = '#eee'; one.style.background = '#fff'; }")
    found = [one["id"] for one in _violations(_inside(page_of))]
    assert found == ["color-contrast"]
