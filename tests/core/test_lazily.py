"""Of many things no more than one is there at a time."""

from __future__ import annotations

from tb_trainmon.core.lazily import Lazily


def test_it_is_a_sequence_whose_members_are_made_when_they_are_asked_for() -> None:
    made: list[int] = []

    def make(number: int) -> str:
        made.append(number)
        return str(number)

    many = Lazily(range(5), make)
    assert (len(many), made) == (5, [])
    assert (many[-1], [*many[1:3]], made) == ("4", ["1", "2"], [4, 1, 2])
    assert [*many] == ["0", "1", "2", "3", "4"]
    assert bool(many)
    assert not Lazily((), make)
