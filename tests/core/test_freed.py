"""What the C library keeps of freed memory lies in few places."""

from __future__ import annotations

import subprocess
import sys

import pytest

COUNT = """
import ctypes, tempfile, threading
from tb_trainmon.core.freed import give_back, keep_little
{first}
here = threading.Barrier(9)
def use():
    kept = bytearray(100_000)
    here.wait()
threads = [threading.Thread(target=use) for _ in range(8)]
for thread in threads: thread.start()
here.wait()
for thread in threads: thread.join()
give_back()
c = ctypes.CDLL(None)
c.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as told:
    file = c.fopen(told.name.encode(), b"w")
    c.malloc_info(0, ctypes.c_void_p(file))
    c.fclose(ctypes.c_void_p(file))
    print(told.read().count(b"<heap nr="))
"""


def places(first: str, environment: dict[str, str]) -> int:
    """Of a process in which eight threads took memory at once."""
    program = COUNT.format(first=first)
    run = [sys.executable, "-c", program]
    return int(subprocess.run(run, check=True, capture_output=True, env=environment).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone is asked")
def test_threads_share_two_places_unless_the_user_says_otherwise() -> None:
    assert places("keep_little()", {}) <= 2
    assert places("", {}) > 2
    assert places("keep_little()", {"MALLOC_ARENA_MAX": "4"}) in (3, 4)
