"""Regular expressions that people write, run in time that grows with the text and no faster.

Python's own engine takes for ever on ``^(a+)+$``, and all of TensorBoard waits with it. RE2 cannot:
it has no look-around and no references back, which is told where they are written.
"""

from __future__ import annotations

from typing import Any

_MOST_MEMORY = 1 << 20  # bytes that one pattern may take
LONGEST = 1_000  # characters


class BadPattern(ValueError):
    """It cannot be used; says why."""


class Pattern:
    """One pattern, searched for in paths. Raises BadPattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._compiled = _compiled(text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def matches(self, path: str) -> bool:
        """Whether it is found in ``path``."""
        return self._search(path) is not None

    def group(self, path: str, name: str) -> str | None:
        """What its group ``name`` matches in ``path``; None where there is no such group or match.

        Raises nothing.
        """
        number = self._compiled.groupindex.get(name)
        match = None if number is None else self._search(path)
        begin, end = (-1, -1) if match is None else match.span(number)
        return None if begin < 0 else path[begin:end]

    def _search(self, path: str) -> Any:
        # Bytes that are no text come as lone surrogates, which RE2 refuses: one character for each.
        return self._compiled.search(path.encode("utf-8", "replace").decode("utf-8"))


def _compiled(text: str) -> Any:
    if len(text) > LONGEST:
        raise BadPattern(f"it is longer than {LONGEST:,} characters")
    try:
        # Late: most log directories have no patterns.
        import re2  # noqa: PLC0415
    except ImportError:
        raise BadPattern("patterns need the Python package google-re2") from None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        return re2.compile(text.encode("utf-8", "replace").decode("utf-8"), options)
    except re2.error as error:
        raise BadPattern(_why(error)) from None


def _why(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "perl operator" in told or "escape sequence" in told:
        return (
            f"{told} (patterns are RE2's: without look-around and references back, so that each "
            "takes linear time)"
        )
    return told
