"""Rows that are read by columns say what each of them says by itself."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.training_logs.log_rows import LogRows
from tb_trainmon.training_logs.rows import LogRow

_NAMES = ("id", "attempt", "type", "step", "wall_time", "message", "metrics", "mood")

_numbers = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["NaN", "-Infinity", "a"])
)
_json = st.dictionaries(st.sampled_from("abc"), _numbers).map(json.dumps)
_odd = st.one_of(
    _numbers, st.binary(max_size=4), st.just(Decimal("1e400")), st.sampled_from(["", "7", "[1]"])
)
_usual = st.tuples(
    st.integers(1, 1 << 62),
    st.integers(0, 3),
    st.sampled_from(["step", "eval", "end"]),
    st.integers(0, 100),
    st.floats(0.0, 1e10),
    st.text(max_size=3),
    _json,
    st.none(),
)
_any = st.tuples(*(st.one_of(_odd, _json) if name == "metrics" else _odd for name in _NAMES))


def spelled(value: object) -> str:
    """So that a NaN equals itself, and 1 is not 1.0."""
    return repr(value)


@given(st.lists(st.one_of(_usual, _any) | _usual, max_size=12), st.sets(st.sampled_from(_NAMES)))
def test_columns_say_what_rows_say(found: list[tuple[Any, ...]], missing: set[str]) -> None:
    kept = [place for place, name in enumerate(_NAMES) if name not in missing]
    told = [tuple(row[place] for place in kept) for row in found]
    rows = LogRows([_NAMES[place] for place in kept], told)
    single = rows.rows()
    assert all(isinstance(row, LogRow) for row in single)
    assert spelled(list(rows.ids)) == spelled([row.id for row in single])
    assert spelled(list(rows.attempts)) == spelled([row.attempt for row in single])
    assert spelled(list(rows.types)) == spelled([row.type for row in single])
    assert spelled(list(rows.steps)) == spelled([row.step for row in single])
    assert spelled(list(rows.wall_times)) == spelled([row.wall_time for row in single])
    expected: dict[str, list[tuple[int, float]]] = {}
    for place, row in enumerate(single):
        for name, number in row.metrics.items():
            expected.setdefault(name, []).append((place, number))
    measured = {
        name: list(zip(of.places, of.numbers, strict=True)) for name, of in rows.metrics.items()
    }
    assert spelled(sorted(measured.items())) == spelled(sorted(expected.items()))
    by_attempt = {number: spelled(mine.rows()) for number, mine in rows.by_attempt().items()}
    assert by_attempt == {
        number: spelled([row for row in single if row.attempt == number])
        for number in {row.attempt for row in single}
    }


def test_what_is_written_by_few_rows_is_found_among_those_of_many() -> None:
    metrics = ['{"loss": 1.0}', '{"eval_loss": 3, "loss": "NaN"}', None, '{"loss": 2.0}', "[]", "{"]
    rows = LogRows(("metrics",), [(told,) for told in metrics])
    loss = rows.metrics["loss"]
    assert list(loss.places) == [0, 1, 3]
    assert [str(number) for number in loss.numbers] == ["1.0", "nan", "2.0"]
    assert rows.metrics["eval_loss"] == ([1], [3.0])
    assert math.isnan(loss.numbers[1])
