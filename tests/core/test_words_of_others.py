"""What anybody wrote, JSON or plain words, is of any depth and length until it has come in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.core.json_text import DEEPEST, decoded, shallow
from tb_trainmon.core.plain_text import excerpt

flat = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text()
plain = st.recursive(flat, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


def test_a_short_text_is_told_as_it_is_and_of_a_long_one_the_beginning() -> None:
    assert excerpt("out of memory") == "out of memory"
    assert excerpt("x" * 70_000, 5) == "xxxxx… (69,995 more characters)"


@given(plain)
def test_what_is_no_deeper_than_allowed_stays_as_it_is(value: object) -> None:
    assert shallow(value, 100) == value


def test_of_what_is_deeper_the_upper_levels_stay() -> None:
    deep = decoded(b'{"a":' * 900 + b"1" + b"}" * 900)
    levels = 0
    at = shallow(deep)
    while isinstance(at, dict):
        at, levels = at["a"], levels + 1
    assert (levels, at) == (DEEPEST, "…")


def test_a_byte_order_mark_is_no_word() -> None:
    text = '\ufeff{"a": 1}'
    assert decoded(text) == decoded(text.encode()) == {"a": 1}


def test_what_is_no_json_says_nothing() -> None:
    assert [decoded(text) for text in ("", "{", "[" * 100_000, b"\xff")] == [None] * 4
