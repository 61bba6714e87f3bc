"""Runs what reads event files with kernels that watch every access to memory.

    python build_support/sanitize.py [--minutes 1]

The kernels are compiled with GCC's address and undefined-behaviour sanitizers, in a copy of the
package in ``build/sanitized``; there the reader's tests run, and the fuzz campaign. An
access out of bounds, after a free, or a sum that C does not define ends the run with its stack.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "sanitized"
PACKAGE = "tb_trainmon"
FLAGS = "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1"
TESTS = (
    "tests/event_files/test_decoders_agree.py",
    "tests/event_files/test_event_file.py",
    "tests/event_files/test_reader.py",
    "tests/event_files/test_tensors.py",
    "tests/series/test_averages.py",
    "tests/series/test_smooth.py",
)
# Allocating a few megabytes a thousand times is no leak, but the sanitizer keeps what is freed.
NOT_HERE = "not test_no_memory_is_lost"


def main() -> int:
    """The exit code of what found something, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="of fuzzing (default: 1)")
    asked = parser.parse_args()
    _build()
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", NOT_HERE, *TESTS]
    fuzz = ["-m", "tests.fuzz", "--minutes", str(asked.minutes)]
    return _run(tests) or _run(fuzz)


def _build() -> None:
    shutil.rmtree(PLACE, ignore_errors=True)
    source = PLACE / "source"
    # A copy: objects that were compiled otherwise would be taken for up to date.
    for name in (PACKAGE, "build_support"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.so"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "install"]
    flags = {"CFLAGS": FLAGS, "LDFLAGS": "-fsanitize=address,undefined"}
    environment = {**os.environ, **flags, "TRAINMON_KERNEL": "required"}
    command = [*pip, "--no-deps", "--target", str(PLACE), str(source)]
    subprocess.run(command, env=environment, check=True)
    for name in ("tests", "pyproject.toml"):
        (PLACE / name).symlink_to(ROOT / name)


def _run(arguments: list[str]) -> int:
    compiler = os.environ.get("CC", "cc")
    found = [
        subprocess.run(
            [compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        ).stdout.strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    environment = {
        **os.environ,
        "LD_PRELOAD": " ".join(found),
        # Python itself never frees what it keeps to the end.
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONMALLOC": "malloc",
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=PLACE, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
