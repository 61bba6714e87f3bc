"""The tests of Python; what few of them fail are run once more when nothing else runs.

    python -m build_support.pytest_again PYTEST_OPTION...

Who fails again has failed. Who passes then has a race in it that a busy machine won: it is named,
after it was shown whole where it failed, and does not hold back what has nothing to do with it.
Such a test is a defect and is to be mended.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

from build_support import steps
from build_support.steps import ROOT

FEW = 3  # tests that may have failed for the company they were in; more have another reason
SOME_FAILED = 1  # as pytest ends then, and not when it was stopped or found nothing

#: Where pytest keeps what failed, for its own ``--last-failed``.
LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"


def main(options: list[str], alone: Callable[[], object] = lambda: None) -> int:
    """Run the tests; ``alone`` waits until nothing else runs. Gives pytest's exit code."""
    LAST_FAILED.unlink(missing_ok=True)
    ended = _pytest(options)
    alone()
    failed = _last_failed()
    if ended != SOME_FAILED or not 0 < len(failed) <= FEW:
        return ended
    _say(f"\nOnce more, alone: {', '.join(failed)}")
    again = _pytest(failed)
    if not again:
        for test in failed:
            _say(f"RACED   {test}: failed beside others, passed alone. Mend it.")
    return again


def _pytest(options: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", *options]
    return subprocess.run(command, cwd=ROOT, env=steps.environment(), check=False).returncode


def _last_failed() -> list[str]:
    return sorted(json.loads(LAST_FAILED.read_text())) if LAST_FAILED.exists() else []


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
