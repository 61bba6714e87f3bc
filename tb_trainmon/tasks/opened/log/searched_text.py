"""A row of the training log as the text that is searched.

The tab tests new rows by itself as they arrive (``frontend/src/model/log/row_text.ts``), so both
make the same text; ``tests/fixtures/row_texts.json`` is read by the tests of both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tb_trainmon.tasks.opened.log.entries import Entry

_ATTEMPT = re.compile(r"#\d+")
_WORDS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_SMALLEST = 1e-300  # below, the next number is no hair away
_LARGEST_EXPONENT = 6  # of a number that is written without one


def row_texts(rows: Sequence[Entry]) -> list[str]:
    """The text of each row, in small letters and without line breaks.

    Type, attempt, step (plain and grouped), message, and each metric with its value as shown. A
    space stands behind every word, so that ``#1 `` is the first attempt and no other.
    """
    values = iter(shown([value for row in rows for value in row.metrics.values()]))
    return [_text(row, [f"{name} {next(values)}" for name in row.metrics]) for row in rows]


def sought(word: str) -> str:
    """What is looked for in a text: ``#2`` is a whole attempt's number, any other word a part."""
    return f"{word} " if _ATTEMPT.fullmatch(word) else word


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether a row's text holds all ``words``, given in small letters."""
    return all(sought(word) in text for word in words)


def _text(row: Entry, metrics: list[str]) -> str:
    step = "" if row.step is None else f"{row.step} {row.step:,}"
    text = f"{row.type} #{row.attempt} {step} {row.message} {' '.join(metrics)} "
    return text.lower().replace("\n", " ")


def shown(values: Sequence[float]) -> list[str]:
    """Numbers as the tab shows them: five digits, as in 2.0513, 0.00012, 1.5e-5 and 1.2346e7."""
    given = np.asarray(values, dtype=np.float64) + 0.0  # without the sign of a zero
    size = np.abs(given)
    # A hair further from zero, so that what lies in the middle is rounded up, as browsers do.
    usual = (size > _SMALLEST) & (size < 1 / _SMALLEST)
    raised = np.nextafter(given, np.copysign(np.inf, given), out=given.copy(), where=usual)
    texts = ("%.5g " * len(raised) % tuple(raised.tolist())).split()
    return [_plain(text) if text[-1] in "nf" or "e" in text else text for text in texts]


def _plain(text: str) -> str:
    """``text`` without an exponent where the tab writes none, or with it as the tab writes it."""
    if text in _WORDS:
        return _WORDS[text]
    digits, _, exponent = text.partition("e")
    if 0 <= int(exponent) <= _LARGEST_EXPONENT:
        return str(int(float(text)))
    return f"{digits}e{int(exponent)}"
