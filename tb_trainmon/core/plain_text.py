"""Text of anybody, for people: names of folders, messages in databases."""

from __future__ import annotations

import unicodedata

# Marks that turn the direction of the text that follows, beyond the name they are in.
_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def plain(text: str) -> str:
    r"""``text`` without what would command the terminal: its control characters as ``\x1b``.

    Names of folders and messages in databases are anybody's.
    """
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\n\t":
        return " "
    code = ord(character)
    if unicodedata.category(character) == "Cc":
        return f"\\x{code:02x}"
    if code in _TURNING or unicodedata.category(character) == "Cs":
        return f"\\u{code:04x}"
    return character


#: Characters of one's own words that a sentence of ours takes in.
LONGEST_QUOTE = 1_000


def excerpt(text: str, most: int = LONGEST_QUOTE) -> str:
    """``text``, of which what is behind ``most`` characters is only counted.

    What a stranger wrote may be of any length, and is told in sentences, lists and messages.
    """
    beyond = len(text) - most
    return text if beyond <= 0 else f"{text[:most]}… ({beyond:,} more characters)"
