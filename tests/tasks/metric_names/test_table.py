"""The table of roles says what its readers believe that it says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import pytest

TABLE: Mapping[str, Any] = json.loads(
    files("tb_trainmon.tasks.metric_names").joinpath("roles.json").read_text("utf-8")
)
_OF_WORDS = ("phrases", "known", "not", "not_context", "allow", "exactly", "qualifies", "words")


def words() -> Iterator[tuple[str, str]]:
    """Each word that a row looks for, and where it stands."""
    for row in [*TABLE["roles"], *TABLE["measures"]]:
        for key in _OF_WORDS:
            for word in " ".join(row.get(key, ())).split():
                yield word, f"{key} of {row.get('metric', row.get('name'))}"
    for key in ("vetoes", "neutral", "evaluation", "training", "devices", "copies"):
        yield from ((word, key) for word in TABLE[key])


def test_each_list_is_explained_and_there() -> None:
    explanations = {"about", "keys", "keys_of_roles", "keys_of_measures"}
    assert TABLE.keys() - explanations == TABLE["keys"].keys(), "see keys in roles.json"


@pytest.mark.parametrize("rows", ["roles", "measures"])
def test_each_key_is_explained_and_used(rows: str) -> None:
    explained, used = TABLE[f"keys_of_{rows}"], {key for row in TABLE[rows] for key in row}
    assert sorted(used ^ explained.keys()) == [], f"see keys_of_{rows} in roles.json"


def test_no_word_is_looked_for_that_is_read_as_another() -> None:
    """``lr`` is read as ``learningrate``: whoever looks for ``lr`` finds nothing."""
    spellings = TABLE["spellings"]
    lost = [
        f"{where}: {word} is read as {spellings[word]}"
        for word, where in words()
        if spellings.get(word, word) != word
    ]
    assert lost == []


def test_no_row_says_what_the_table_says_of_all() -> None:
    vetoes, silent = {*TABLE["vetoes"]}, {*TABLE["neutral"], *TABLE["devices"]}
    for row in TABLE["roles"]:
        allowed = {*row.get("allow", ())}
        assert allowed <= vetoes, row
        assert not {*row.get("not", ())} & (vetoes - allowed), row
        assert not {*row.get("exactly", ())} & silent, row


def test_no_phrase_stands_twice_in_a_row() -> None:
    for row in TABLE["roles"]:
        phrases = [frozenset(phrase.split()) for phrase in row["phrases"]]
        assert len({*phrases}) == len(phrases), row
