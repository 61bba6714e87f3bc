"""The words of a tag, whatever separates them: blanks, slashes, camel case, digits or nothing.

``Loss / Value loss``, ``losses/value_loss`` and ``ValueLoss`` say the same; so do ``approxkl`` and
``approx_kl``. Spellings of one thing become one word (``lr``, ``learning rate``: ``learningrate``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property, lru_cache

from tb_trainmon.core.record import record

Words = tuple[str, ...]

_PARTS = re.compile(r"\s*/\s*|(?<=[A-Za-z])\.(?=[A-Za-z])")
_DOTTED = re.compile(r"(?<![^/])([A-Za-z]+)\.([A-Za-z]+)(?![^/])")
_CHUNK = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\x00-\x7f]+")
_SYMBOLS = {"%": " percent ", "@": " at ", "\N{SUPERSCRIPT TWO}": "2", "#": " number "}
_PARTS_KEPT = 1 << 15
_LONGEST_SPELLING = 4  # words
_LONGEST_WORD = 40  # letters of one that is taken apart, which takes their cube
_LONGEST_TAG = 1_000  # characters that are read of a tag
_ENUMERATED = re.compile(r"(^|/)\s*\d+\.\s*(?=[A-Za-z])")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_SHORTEST_PART = 3  # letters of a word that is looked for in one that nobody knows
_SHORT_PARTS = frozenset({"kl", "lr", "pg", "vf"})  # ... but for these
# A part that begins with a unit belongs to the part before it: global_step/sec, img/sec/core.
_UNITS_OF_TIME = ("second", "s")
_DEVICES: Sequence[list[Words]] = ([("device",)], [("gpu",)])
_COUNTED = frozenset({"step", "iteration", "batch", "sample", "token", "frame", "update", "ray"})


@record(frozen=True)
class Dictionary:
    """Words that are known, and what other spellings of them stand for."""

    known: Collection[str]
    spellings: Mapping[str, Words] = field(default_factory=dict)

    def read(self, tag: str) -> list[Words]:
        """The words of ``tag``, part by part (between slashes); parts without a word left out."""
        tag = tag[:_LONGEST_TAG]
        for symbol, word in _SYMBOLS.items():
            if symbol in tag:
                tag = tag.replace(symbol, word)
        if "(" in tag:  # tgs (tokens/gpu/second)
            tag = _IN_BRACKETS.sub(lambda unit: unit[0].replace("/", " per "), tag)
        if "." in tag:
            tag = _ENUMERATED.sub(r"\1", tag)  # 3.Loss/1.Total_loss
            tag = _DOTTED.sub(self._without_dot, tag)
        parts = [self._read_part(part) for part in _PARTS.split(tag)]
        parts = [part for part in parts if part]
        return _with_rates(parts)

    def _without_dot(self, found: re.Match[str]) -> str:
        """``learning.rate`` is one part where both words make one."""
        words = f"{found[1]} {found[2]}"
        return words if words.lower() in self.spellings else found[0]

    @cached_property
    def _read_part(self) -> Callable[[str], Words]:
        """The words of a part; parts come again and again, of tags that never do."""
        return lru_cache(_PARTS_KEPT)(lambda part: self._spelled([*self._words(part)]))

    def _words(self, part: str) -> Iterator[str]:
        for chunk in _CHUNK.findall(part):
            if chunk.lower() in self._single:
                yield chunk.lower()
                continue
            for piece in _PIECE.findall(chunk):
                yield from self._unglued(piece.lower())

    def _unglued(self, word: str) -> Sequence[str]:
        """``word``, or the known words that it is made of without a rest."""
        if not 2 * _SHORTEST_PART - 1 <= len(word) <= _LONGEST_WORD:
            return (word,)
        if word in self._single or word.isdigit():
            return (word,)
        best: list[Words | None] = [(), *[None] * len(word)]
        for end in range(1, len(word) + 1):
            for begin in range(end):
                head, tail = best[begin], word[begin:end]
                shorter = best[end] is None or head is None or len(head) + 1 < len(best[end] or ())
                if head is not None and shorter and self._can_be_part(tail):
                    best[end] = (*head, tail)
        return best[-1] or (word,)

    def _can_be_part(self, word: str) -> bool:
        return word in _SHORT_PARTS or (len(word) >= _SHORTEST_PART and word in self._single)

    def _spelled(self, words: list[str]) -> Words:
        """With other spellings replaced: groups of words as they stand, single ones, groups again.

        The longest group first. ``acc_reward`` is accumulated, though ``acc`` is an accuracy.
        """
        grouped = self._grouped(words)
        single = [known for word in grouped for known in self.spellings.get(word, (word,))]
        return tuple(self._grouped(single))

    def _grouped(self, words: list[str]) -> list[str]:
        plain = [*words]
        for length in range(min(_LONGEST_SPELLING, len(plain)), 1, -1):
            at = 0
            while at + length <= len(plain):
                found = self.spellings.get(" ".join(plain[at : at + length]))
                if found:
                    plain[at : at + length] = found
                at += 1
        return plain

    @cached_property
    def _single(self) -> frozenset[str]:
        return frozenset({*self.known, *(word for word in self.spellings if " " not in word)})


def _with_rates(parts: list[Words]) -> list[Words]:
    for at in range(len(parts) - 1, 0, -1):
        if parts[at][0] in _UNITS_OF_TIME and _COUNTED & set(parts[at - 1]):
            end = at + 2 if parts[at + 1 : at + 2] in _DEVICES else at + 1
            of_what = (word for part in parts[at + 1 : end] for word in part)
            parts[at - 1 : end] = [(*parts[at - 1], "persecond", *parts[at][1:], *of_what)]
    return parts
