"""TensorBoard with its clock stopped: ``python frozen_tensorboard.py SECONDS ARGUMENTS...``.

A picture of the tab is full of ages ("4 s ago"); they are the same in every picture only if time
stands still. Waiting goes by another clock (``time.monotonic``), so nothing hangs.
"""

from __future__ import annotations

import sys
import time

if __name__ == "__main__":
    moment = float(sys.argv.pop(1))
    time.time = lambda: moment

    from tensorboard.main import run_main

    run_main()
