"""Frozen dataclasses of which there are many: a list of 2,000 tasks makes 200,000 of them.

``@record(frozen=True, slots=True)`` is ``@dataclass(frozen=True, slots=True)`` to the type checker,
which refuses whoever sets a field. Python is not asked to refuse it as well, for then each field of
each object is set through a call, which takes most of the time in which such an object is made.
Nor is Python's compiler asked for methods that one function can be for all of them: that takes most
of the time in which such a class is made, and there are a hundred before the first answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from dataclasses import dataclass

    def record(*, frozen: bool, slots: bool = False) -> Callable[[type], type]:
        """See above; equal and hashed by their fields, as frozen ones are."""
        assert frozen

        def made(cls: type) -> type:
            cls = dataclass(slots=slots, eq=False, repr=False)(cls)
            names = [field.name for field in fields(cls)]
            cls.__eq__, cls.__hash__ = _compared(attrgetter(*names))
            if cls.__repr__ is object.__repr__:
                cls.__repr__ = _repr
            return cls

        return made


def _compared(values: attrgetter[Any]) -> tuple[Callable[..., Any], Callable[..., int]]:
    def equal(self: object, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    def hashed(self: object) -> int:
        return hash(values(self))

    return equal, hashed


def _repr(self: Any) -> str:
    told = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
    return f"{self.__class__.__qualname__}({', '.join(told)})"


__all__ = ["record"]
