"""What axe-core objects to in a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Frame

#: The rules that look at colours: what they say of a page depends on its theme.
OF_COLOURS = ("color-contrast", "link-in-text-block")

_SOURCE = AXE_FILE_PATH.read_text(encoding="utf-8")
_RUN = """
    async (rules) => {
        const chosen = rules.length ? { runOnly: rules } : {};
        // Of what passes nothing is said here, so nothing of it needs to be gathered.
        return (await axe.run({ ...chosen, resultTypes: ['violations'] })).violations;
    }
"""


def violations(frame: Frame, rules: Sequence[str] = ()) -> list[dict[str, Any]]:
    """As axe tells them: all, or those of ``rules``."""
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(_SOURCE)
    found: list[dict[str, Any]] = frame.evaluate(_RUN, list(rules))
    return found


def sentence(violation: dict[str, Any]) -> str:
    """What is wrong, and where."""
    nodes = violation["nodes"]
    where = "; ".join(str(node["html"])[:200] for node in nodes[:5])
    return f"{violation['id']}: {violation['help']} ({len(nodes)} times: {where})"
