"""What the C library keeps of freed memory is given back."""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path

import pytest

from tb_trainmon.core.freed import give_back

PAGES = 4096


def resident() -> int:
    """Bytes of this process that lie in memory."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (kilobytes,) = re.findall(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(kilobytes) * 1024


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None) if sys.platform == "linux" else None, "malloc_trim"),
    reason="glibc alone is asked",
)
def test_what_was_freed_is_given_back() -> None:
    kept = [bytearray(16 * PAGES) for _ in range(512)]
    last = bytearray(16 * PAGES)  # behind all of them: the end of the heap does not move
    del kept
    before = resident()
    give_back()
    assert before - resident() > 300 * 16 * PAGES
    assert len(last) == 16 * PAGES
