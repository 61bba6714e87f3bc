"""Which modules a C compiler, or a wheel, brought."""

from __future__ import annotations

from functools import lru_cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec


@lru_cache
def is_compiled(module: str) -> bool:
    """Whether ``module`` is machine code; else it is but a text, which cannot be imported.

    Asked for each file, and it does not change.
    """
    spec = find_spec(module)
    origin = spec.origin if spec else None
    return origin is not None and origin.endswith(tuple(EXTENSION_SUFFIXES))
