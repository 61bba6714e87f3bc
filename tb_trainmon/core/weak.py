"""Methods handed on by an object to its own parts, without a circle.

What is let go of because its memory is needed must be gone at once. An object in a circle of
references waits for Python's collector, which counts objects and not their bytes.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


def weakly(method: Callable[_P, _T]) -> Callable[_P, _T]:
    """``method``, a bound one, to be called while its object lives; does not keep it alive."""
    found = weakref.WeakMethod(method)

    def call(*args: _P.args, **named: _P.kwargs) -> _T:
        alive = found()
        assert alive is not None, "asked by a part of what is no more"
        return alive(*args, **named)

    return call
