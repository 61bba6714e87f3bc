"""Texts by tag, as many as tell what a program says of itself.

Who logs what a model wrote may have a tag for each answer: those are for TensorBoard's Text tab.
"""

from __future__ import annotations

from collections.abc import Mapping

MOST_TEXTS = 1_000  # tags, first come: arguments are logged before anything is trained
MOST_CHARACTERS = 1 << 24  # of all of them
_BYTES_A_TEXT = 200


class Texts:
    """The latest text of each tag; what does not fit is left out."""

    def __init__(self) -> None:
        self._by_tag: dict[str, str] = {}
        self._characters = 0

    @property
    def by_tag(self) -> Mapping[str, str]:
        """All of them."""
        return self._by_tag

    @property
    def memory(self) -> int:
        """Bytes that they take, where they are ASCII."""
        return self._characters + _BYTES_A_TEXT * len(self._by_tag)

    def add(self, tag: str, text: str) -> None:
        """The latest text of ``tag``."""
        known = self._by_tag.get(tag)
        others = self._characters - len(known or "")
        is_room = known is not None or len(self._by_tag) < MOST_TEXTS
        if is_room and others + len(text) <= MOST_CHARACTERS:
            self._by_tag[tag] = text
            self._characters = others + len(text)
        elif known is not None:
            del self._by_tag[tag]
            self._characters = others
