"""The text to learn, as numbers: what is trained on, and the pages that are kept from it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]

#: One paragraph in so many is kept for the evaluation.
HELD_OUT_EVERY = 10


@dataclass(frozen=True)
class Text:
    """A text in two parts, each a sequence of numbers that stand for its letters."""

    letters: str
    train: Codes
    held_out: Codes


def field_guide() -> Text:
    """The text that ships with TrainMon: a field guide to training curves."""
    file = resources.files("tb_trainmon.demo") / "field_guide.txt"
    return split(file.read_text(encoding="utf-8"))


def split(text: str) -> Text:
    """``text`` with every tenth paragraph held out."""
    letters = "".join(sorted(set(text)))
    paragraphs = text.split("\n\n")
    held_out = paragraphs[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY]
    train = [part for i, part in enumerate(paragraphs, start=1) if i % HELD_OUT_EVERY]
    return Text(letters, _encoded(train, letters), _encoded(held_out, letters))


def windows(codes: Codes, context: int) -> tuple[Codes, Codes]:
    """Every run of ``context`` letters (as rows), and the letter that comes after each."""
    rows = np.lib.stride_tricks.sliding_window_view(codes[:-1], context)
    return rows, codes[context:]


def _encoded(paragraphs: list[str], letters: str) -> Codes:
    number = {letter: code for code, letter in enumerate(letters)}
    return np.array([number[letter] for letter in "\n\n".join(paragraphs)], dtype=np.int64)
