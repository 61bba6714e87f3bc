"""What was found out about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, and what to do about it where it is not good.

    ``bad`` is what keeps the tab (or TensorBoard) from working or makes it say what is wrong;
    ``warning`` is what makes it slower, or show less than there is.
    """

    level: Level
    what: str
    todo: str = ""


def good(what: str) -> Finding:
    """Nothing to do."""
    return Finding("good", what)


def warning(what: str, todo: str) -> Finding:
    """It works, but not as well as it could."""
    return Finding("warning", what, todo)


def failed(what: str, todo: str) -> Finding:
    """It does not work."""
    return Finding("bad", what, todo)
