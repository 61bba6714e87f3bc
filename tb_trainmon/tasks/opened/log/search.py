"""Finds the rows of a training log that hold some words.

Reading the texts of 100,000 rows takes most of a second, going through them a few milliseconds. So
texts are kept, some thousand rows in one piece of bytes, as far as a budget reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_trainmon.core.columns import IntArray
from tb_trainmon.tasks.opened.log.entries import Entry
from tb_trainmon.tasks.opened.log.searched_text import row_texts, sought

_ROWS = 2048  # in a piece
_BUDGET = 1 << 26  # bytes of text that are kept of a log: some 500,000 rows
_MOST = 500_000  # rows that are searched, the newest: reading the texts of more takes too long
_STRIDE = 1 << 16  # by which the first of those moves on, so that it seldom does

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Piece:
    """The texts of some rows, each a line; ``starts`` are where the lines begin."""

    text: bytes
    starts: IntArray

    def rows_with(self, word: bytes) -> Mask:
        """Which rows hold ``word``: looked for from one hit to the next, at most one in a line."""
        text, hits = self.text, []
        at = text.find(word)
        while at >= 0:
            hits.append(at)
            at = text.find(word, text.index(b"\n", at))
        found = np.zeros(len(self.starts), dtype=bool)
        found[np.searchsorted(self.starts, hits, side="right") - 1] = True
        return found


class LogSearch:
    """Searches the rows that ``entries`` gives for a range of positions."""

    def __init__(self, entries: Callable[[range], Sequence[Entry]]) -> None:
        self._entries = entries
        self._pieces: dict[int, _Piece] = {}
        self.memory = 0  # bytes

    def cut(self, begin: int) -> None:
        """The rows from ``begin`` on are other ones now, or new."""
        for number in [n for n in self._pieces if (n + 1) * _ROWS > begin]:
            self.memory -= len(self._pieces.pop(number).text)

    def unsearched(self, size: int) -> int:
        """How many of ``size`` rows, the oldest, are not looked at."""
        return max(size - _MOST, 0) // _STRIDE * _STRIDE

    def rows_with(self, words: Sequence[str], size: int) -> Mask:
        """Which of the first ``size`` rows hold all ``words``, given in small letters.

        Of a log of millions of rows the oldest are not looked at, see ``unsearched``.
        ``#2`` is a whole attempt's number; any other word may be a part of one.
        """
        looked_for = [_bytes(sought(word)) for word in words]
        found = np.zeros(size, dtype=bool)
        for number in reversed(range(self.unsearched(size) // _ROWS, -(-size // _ROWS))):
            rows = range(number * _ROWS, min((number + 1) * _ROWS, size))
            piece = self._piece(number, rows)
            masks = [piece.rows_with(word) for word in looked_for]
            found[rows.start : rows.stop] = np.logical_and.reduce(masks)
        return found

    def _piece(self, number: int, rows: range) -> _Piece:
        known = self._pieces.get(number)
        if known is not None and len(known.starts) == len(rows):
            return known
        if known is not None:
            self.memory -= len(self._pieces.pop(number).text)
        piece = _piece(row_texts(self._entries(rows)))
        if self.memory + len(piece.text) <= _BUDGET:
            self._pieces[number] = piece
            self.memory += len(piece.text)
        return piece


def _piece(texts: Sequence[str]) -> _Piece:
    lines = [_bytes(text) + b"\n" for text in texts]
    lengths = np.array([len(line) for line in lines], dtype=np.int64)
    return _Piece(b"".join(lines), np.cumsum(lengths) - lengths)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
