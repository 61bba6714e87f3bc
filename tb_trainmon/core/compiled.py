"""Which modules a C compiler, or a wheel, brought."""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec


def is_compiled(module: str) -> bool:
    """Whether ``module`` is machine code; else it is but a text, which cannot be imported."""
    spec = find_spec(module)
    origin = spec.origin if spec else None
    return origin is not None and origin.endswith(tuple(EXTENSION_SUFFIXES))
