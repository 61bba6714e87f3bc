"""Every TensorBoard that TrainMon works with, on every Python of this machine.

    python -m tests.installed.versions [--tensorboard 2.14.1 ...] [--python 3.12 ...]

(`make test-versions`, some 20 minutes.) Each pair is an environment of its own, with TrainMon's
wheel from ``dist/`` (`make dist`), a TensorBoard that is started, and real answers. What an old one
needs beside it (`trainmon doctor` says so, and the README) is installed with it. Last come the
lower bounds of every package together.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.installed.bare import ROOT, Bare, NotInstalled, say
from tests.installed.pythons import SUPPORTED, name, pythons

TENSORBOARDS = (
    "2.14.1", "2.15.2", "2.16.2", "2.17.0", "2.17.1", "2.18.0", "2.19.0", "2.20.0", "2.21.0",
)  # fmt: skip
NUMPY_1_UNTIL = (2, 17, 0)
PKG_RESOURCES_UNTIL = (2, 20, 99)
IMGHDR_UNTIL = (2, 19, 99)
#: The first Python without imghdr.
WITHOUT_IMGHDR = (3, 13)
#: The last Python that NumPy 1 has wheels for.
NUMPY_1_PYTHON = (3, 12)


@dataclass(frozen=True, slots=True)
class Pair:
    """A Python, and what is installed for it beside TrainMon."""

    name: str
    version: tuple[int, int]
    requirements: tuple[str, ...]


def main() -> int:
    """Try every pair that was asked for; 1 if any failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tensorboard", nargs="*", default=TENSORBOARDS)
    parser.add_argument("--python", nargs="*", default=[name(version) for version in SUPPORTED])
    chosen = parser.parse_args()
    found = pythons()
    failed = 0
    for version in SUPPORTED:
        if name(version) not in chosen.python:
            continue
        if version not in found:
            say(f"Python {name(version)}: not on this machine, not tried")
            continue
        for pair in pairs(version, chosen.tensorboard):
            failed += not works(pair, found[version])
    return 1 if failed else 0


def pairs(version: tuple[int, int], tensorboards: list[str]) -> Iterator[Pair]:
    """What there is to try with this Python."""
    for tensorboard in tensorboards:
        beside = needed_by(tensorboard, version)
        if "numpy<2" in beside and version > NUMPY_1_PYTHON:
            say(f"Python {name(version)}, TensorBoard {tensorboard}: needs NumPy 1, which has none")
            continue
        yield Pair(f"TensorBoard {tensorboard}", version, (f"tensorboard=={tensorboard}", *beside))
    if version == SUPPORTED[0]:
        yield Pair("the lower bounds", version, lower_bounds())


def needed_by(tensorboard: str, python: tuple[int, int]) -> tuple[str, ...]:
    """What this version needs beside it, by limits of its own that its metadata does not have."""
    number = tuple(int(part) for part in tensorboard.split("."))
    return (
        *(["numpy<2"] if number <= NUMPY_1_UNTIL else []),
        *(["setuptools<82"] if number <= PKG_RESOURCES_UNTIL else []),
        *(["standard-imghdr"] if number <= IMGHDR_UNTIL and python >= WITHOUT_IMGHDR else []),
    )


def lower_bounds() -> tuple[str, ...]:
    """Every dependency at the least version that pyproject.toml allows, in one environment."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed is not None
    bounds = re.findall(r"""["']([\w-]+)>=([\w.]+)""", listed[1])
    assert len(bounds) == len(listed[1].strip().splitlines())
    return (
        *(f"{package}=={least}" for package, least in bounds),
        *needed_by("2.14.1", SUPPORTED[0]),
    )


def works(pair: Pair, python: Path) -> bool:
    """Install, start and ask; says how it went."""
    title = f"Python {name(pair.version)}, {pair.name}"
    with tempfile.TemporaryDirectory() as folder:
        bare = Bare(Path(folder), python)
        try:
            dist = str(ROOT / "dist")
            seconds = bare.install("--find-links", dist, "tb-trainmon", *pair.requirements)
            answers = bare.start()
        except (NotInstalled, AssertionError) as problem:
            say(f"{title}: FAILED\n{problem}")
            return False
    say(f"{title}: works ({answers.reader}, {seconds:.0f} s + {answers.seconds:.1f} s)")
    return True


if __name__ == "__main__":
    sys.exit(main())
