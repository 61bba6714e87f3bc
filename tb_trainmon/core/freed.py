"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import functools
import os
import sys

_ARENAS = 2
_M_ARENA_MAX = -8  # of glibc's malloc.h


def give_back() -> None:
    """Have the C library return what it keeps of freed memory, where it can be asked to (glibc).

    It keeps pieces of up to 32 MB for later, after a large one was freed: of twenty tasks of a
    million points that were let go of, as much as two of them take. Costs 40 us, and the time
    that it takes to return what there is.
    """
    _ask("malloc_trim", ctypes.c_size_t(0))  # musl has none, and keeps nothing


@functools.cache
def keep_little() -> None:
    """Have the C library keep freed memory in two places, and not in eight for each processor.

    Each thread gets a place of its own while there are some left, and each question has a thread:
    what is freed in pieces stays in all of them. One thread of Python runs at a time, so that they
    do not wait for one another. ``MALLOC_ARENA_MAX`` says otherwise.
    """
    if "MALLOC_ARENA_MAX" not in os.environ:
        _ask("mallopt", ctypes.c_int(_M_ARENA_MAX), ctypes.c_int(_ARENAS))


def _ask(name: str, *arguments: ctypes._SimpleCData[int]) -> None:
    """Call a function of the GNU C library, if that is there."""
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version") and hasattr(library, name):
        getattr(library, name)(*arguments)
