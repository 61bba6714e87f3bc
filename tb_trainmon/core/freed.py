"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Have the C library return what it keeps of freed memory, where it can be asked to (glibc).

    It keeps pieces of up to 32 MB for later, after a large one was freed: of twenty tasks of a
    million points that were let go of, as much as two of them take. Costs 40 us, and the time
    that it takes to return what there is.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):  # musl has none, and keeps nothing
        library.malloc_trim(ctypes.c_size_t(0))
