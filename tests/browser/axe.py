"""What axe-core objects to in a frame."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame


def violations(frame: Frame) -> list[dict[str, Any]]:
    """As axe tells them."""
    found: list[dict[str, Any]] = Axe().run(frame).response["violations"]
    return found


def sentence(violation: dict[str, Any]) -> str:
    """What is wrong, and where."""
    nodes = violation["nodes"]
    where = "; ".join(str(node["html"])[:200] for node in nodes[:5])
    return f"{violation['id']}: {violation['help']} ({len(nodes)} times: {where})"
