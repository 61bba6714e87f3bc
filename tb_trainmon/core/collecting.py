"""When Python looks for garbage that refers to itself."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEVER = 1 << 30  # collections of the middle generation between two full ones
_YOUNG = 20_000  # objects made and not let go of between two collections of the young


@contextmanager
def full_collections_later() -> Iterator[None]:
    """Have Python look through all objects when the block is over, and not again and again in it.

    For a block that makes many objects to keep: Python goes through all that there are whenever
    they have become a quarter more, and finds nothing. The setting is the process's, so what others
    keep in circles waits for the end as well; what is young is collected, less often: rows that are
    read and let go of within a moment are looked through for nothing. Whatever somebody else sets
    meanwhile stands.
    """
    before = gc.get_threshold()
    inside = max(before[0], _YOUNG) if before[0] else 0, before[1], _NEVER  # 0: never, as it was
    gc.set_threshold(*inside)
    try:
        yield
    finally:
        if gc.get_threshold() == inside:
            gc.set_threshold(*before)
