"""axe-core sees what it is asked about; what it says of every state is in ``test_pictures``."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import Axe
from tests.browser.conftest import inside, open_trainmon
from tests.browser.test_pictures import STATES
from tests.tensorboard_process import TensorBoard


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_would_find_one(width: int, browser: Browser, still: TensorBoard) -> None:
    """It looks into our frame, and at its contrasts too."""
    state = STATES["pending"]
    viewport = {"width": width, "height": 900}
    with browser.new_context(viewport=viewport, reduced_motion="reduce") as context:  # type: ignore[arg-type]
        page = context.new_page()
        frame = open_trainmon(page, still, **state.view)
        expect(frame.get_by_text(state.shows).first).to_be_visible()
        heading = frame.locator("h1")
        heading.evaluate("one => { one.style.color = '#eee'; one.style.background = '#fff'; }")
        assert [one["id"] for one in Axe().violations(inside(page))] == ["color-contrast"]
