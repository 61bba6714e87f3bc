"""YAML that somebody else wrote says what it says, within bounds, and never raises."""

from __future__ import annotations

import time

import pytest
import yaml

from tb_trainmon.tasks.found.plain_yaml import LARGEST, NODES_A_CHARACTER, mapping_in

DOUBLING = "a: &a0 {x: 1}\n" + "".join(
    f"b{n}: &a{n + 1} {{<<: [*a{n}, *a{n}]}}\n" for n in range(40)
)


def test_plain_values_are_read_and_python_objects_passed_over() -> None:
    text = "max_steps: 10\nx: !!python/object:argparse.Namespace {a: 1}\ny: [1, 2.5, no]\n"
    assert mapping_in(text) == {"max_steps": 10, "x": None, "y": [1, 2.5, False]}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("!!timestamp foo", None),
        ("!!int foo", None),
        ("!!float foo", None),
        ("!!binary \xff", None),
        ("!!bool maybe", None),
        ("!!omap 3", None),
        ("!!set 3", set()),
        ("!!map 3", {}),
        ("!unknown 3", None),
        ("!!seq {a: 1}", None),
        ("9" * 5000, None),
        ("{? {b: 1} : 2, c: !!int x}", {"c": None}),
        ("[1, !!int x, 3]", [1, None, 3]),
        ("&a [*a]", [None]),
        ("&a {b: *a}", {"b": None}),
        ("&a [1]\nb: *a", [1]),
    ],
)
def test_a_value_that_cannot_be_read_hides_no_other(value: str, told: object) -> None:
    found = mapping_in(f"first: 1\na: {value}\nlast: 2\n")
    assert found is not None
    assert (found["first"], found["a"], found["last"]) == (1, told, 2)


@pytest.mark.parametrize(
    "text",
    [
        "a: *nowhere",
        "a: " + "[" * 100_000,
        "a: " + "{a: " * 5000,
        "- " * 5000,
        "a: \x00",
        "%YAML 9.9",
        "[1, 2]",
        "",
        "a: " + "[], " * 60_000,
        "a: [" + "1," * 60_000 + "]",
    ],
)
def test_whatever_cannot_be_read_is_no_mapping(text: str) -> None:
    began = time.perf_counter()
    assert mapping_in(text) is None
    assert time.perf_counter() - began < 2.0


@pytest.mark.parametrize(
    "dense", ["?\n", "a:\n", "- ", "[?],", "[[],[]],", "{a},", "- ?\n", "? - "]
)
def test_few_characters_are_few_nodes(dense: str) -> None:
    """So that a short text need not be counted before it is read."""
    text = dense * 300 if dense[0] not in "[{" else f"[{dense * 300}]"
    assert sum(1 for _ in yaml.parse(text)) < NODES_A_CHARACTER * len(text)


def test_merges_of_merges_do_not_grow() -> None:
    began = time.perf_counter()
    mapping_in(DOUBLING)
    assert time.perf_counter() - began < 2.0


def test_of_a_long_file_its_first_entries_are_read() -> None:
    text = "max_steps: 500\nnested:\n  deep: 1\nrest: |\n" + "  words\n" * (LARGEST // 4)
    found = mapping_in(text)
    assert found == {"max_steps": 500, "nested": {"deep": 1}}
