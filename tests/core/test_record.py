"""Records are what frozen dataclasses are, and made in less time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from tb_trainmon.core.record import record


@record(frozen=True, slots=True)
class _Point:
    step: int
    tags: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Frozen:
    step: int
    tags: tuple[str, ...] = field(default=())


def test_a_record_is_equal_hashed_and_replaced_by_its_fields() -> None:
    point = _Point(1, ("loss",))
    assert point == _Point(1, ("loss",)) != _Point(2, ("loss",))
    assert len({point, _Point(1, ("loss",))}) == 1
    assert hash(point) == hash(_Frozen(1, ("loss",)))
    assert replace(point, step=3) == _Point(3, ("loss",))
    assert repr(point).endswith("_Point(step=1, tags=('loss',))")


def test_a_record_has_no_room_for_what_is_no_field() -> None:
    with pytest.raises(AttributeError):
        _Point(1).other = 2  # type: ignore[attr-defined]
