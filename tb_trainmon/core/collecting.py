"""When Python looks for garbage that refers to itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEVER = 1 << 30  # collections of the middle generation between two full ones


@contextmanager
def full_collections_later() -> Iterator[None]:
    """Have Python look through all objects when the block is over, and not again and again in it.

    For a block that makes many objects to keep: Python goes through all that there are whenever
    they have become a quarter more, and finds nothing. The setting is the process's, so what others
    keep in circles waits for the end as well; what is young is collected as ever. Whatever somebody
    else sets meanwhile stands.
    """
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)
    try:
        yield
    finally:
        if gc.get_threshold() == (young, middle, _NEVER):
            gc.set_threshold(young, middle, old)
