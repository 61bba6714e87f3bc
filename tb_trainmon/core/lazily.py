"""Of many things something larger each, of which no more than one is there at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

_T = TypeVar("_T")
_Made = TypeVar("_Made")


class Lazily(Sequence[_Made], Generic[_T, _Made]):
    """What ``make`` makes of each of ``things``, anew whenever it is asked for."""

    def __init__(self, things: Sequence[_T], make: Callable[[_T], _Made]) -> None:
        self._things = things
        self._make = make

    def __len__(self) -> int:
        return len(self._things)

    def __iter__(self) -> Iterator[_Made]:
        return map(self._make, self._things)

    @overload
    def __getitem__(self, index: int) -> _Made: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[_Made]: ...

    def __getitem__(self, index: int | slice) -> _Made | Sequence[_Made]:
        if isinstance(index, slice):
            return Lazily(self._things[index], self._make)
        return self._make(self._things[index])
