"""Frozen dataclasses that are made many times: a list of 2,000 tasks makes 200,000 of them.

``@record(frozen=True, slots=True)`` is ``@dataclass(frozen=True, slots=True)`` to the type checker,
which refuses whoever sets a field. Python is not asked to refuse it as well, for then each field of
each object is set through a call, which takes most of the time in which such an object is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from dataclasses import dataclass

    def record(*, frozen: bool, slots: bool = False) -> Callable[[type], type]:
        """See above; equal and hashed by their fields, as frozen ones are."""
        assert frozen
        return dataclass(slots=slots, unsafe_hash=True)


__all__ = ["record"]
