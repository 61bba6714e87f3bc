"""``functools.cached_property`` as it is since Python 3.12: without a lock.

The lock of earlier ones is one for all objects of a class, and costs more than most of what is kept
by it. What is kept here is the same whoever works it out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:  # noqa: N801  (as it is called there)
        """A property that is worked out once for each object."""

        def __init__(self, make: Callable[[Any], Any]) -> None:
            self._make = make
            self._name = make.__name__
            self.__doc__ = make.__doc__

        def __get__(self, owner: Any, _kind: type | None = None) -> Any:
            if owner is None:
                return self
            made = owner.__dict__[self._name] = self._make(owner)
            return made


__all__ = ["cached_property"]
