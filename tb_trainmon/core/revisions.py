"""Revisions as clients hold them: ``<boot>:<number>``, of a list or of a task."""

from __future__ import annotations

_MOST_DIGITS = 18  # more than any count of ours; Python reads no number of thousands of digits


def revision_in(cursor: str | None, boot: str) -> int | None:
    """The number in ``cursor``; None if it is no revision since ``boot``, whatever it is."""
    began, _, number = (cursor or "").rpartition(":")
    counts = number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS
    return int(number) if counts and began == boot else None
