"""Every check and every test: the tests of Python, and beside them what else there is.

    python -m build_support.whole PYTEST_OPTION...

The checks and the tests of the front end run one after another with what the tests of Python leave
of the machine while they wait. What they say comes at the end, where it is read.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from build_support import pytest_again, steps
from build_support.steps import Done, Step

BESIDE = (
    Step("checks", ("nice", "make", "--no-print-directory", "check")),
    Step(
        "front end's tests",
        ("nice", sys.executable, "build_support/front_end.py", "npm", "test"),
    ),
)


def main(options: list[str]) -> int:
    """Run everything; gives the exit code."""
    with ThreadPoolExecutor(1) as beside:
        others = beside.submit(_one_after_another)
        failed = pytest_again.main(options, alone=others.result)
        told = [steps.tell(done) for done in others.result()]
    return int(bool(failed) or any(done.failed for done in told))


def _one_after_another() -> list[Done]:
    return [steps.run(step) for step in BESIDE]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
