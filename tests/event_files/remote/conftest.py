"""Which decoder reads an event file is no matter of where it lies."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="module")
def reader() -> None:
    """Unlike the rest of the room, these tests run once: with the decoder that is there."""
