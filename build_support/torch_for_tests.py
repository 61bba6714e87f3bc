"""Install torch's build for the CPU into this environment, and no other one.

    python build_support/torch_for_tests.py

Where the package index has only the build for graphics cards, gigabytes of CUDA would come with it:
then this says so and installs nothing.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys

REQUIREMENT = "torch==2.13.0"
FOR_GRAPHICS_CARDS = re.compile(r"(nvidia|cuda|triton)([-_]|$)")
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]

REFUSAL = """\
error: For Python {python} the package index has {requirement} only for graphics cards, with
{count} packages of gigabytes in all ({some}, ...). Nothing was installed.
Use another Python: make PYTHON=python3.11 clean-frameworks test-frameworks
Or install torch's build for the CPU yourself, into {environment},
as pytorch.org says, and try again."""


def main() -> int:
    """Install torch; gives the exit code."""
    if importlib.util.find_spec("torch") is not None:
        return 0
    unwanted = for_graphics_cards(would_install())
    if unwanted:
        print(refusal(unwanted), file=sys.stderr)  # noqa: T201  (a command's answer)
        return 1
    return subprocess.run([*PIP, REQUIREMENT], check=False).returncode


def would_install() -> list[str]:
    """The names of all packages that would be installed."""
    dry_run = [*PIP, "--dry-run", "--report", "-", REQUIREMENT]
    report = subprocess.run(dry_run, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [item["metadata"]["name"] for item in json.loads(report)["install"]]


def for_graphics_cards(names: list[str]) -> list[str]:
    """Those of ``names`` that only a graphics card needs."""
    return [name for name in names if FOR_GRAPHICS_CARDS.match(name.lower())]


def refusal(unwanted: list[str]) -> str:
    """Why nothing was installed, and what to do."""
    return REFUSAL.format(
        python=".".join(map(str, sys.version_info[:2])),
        requirement=REQUIREMENT,
        count=len(unwanted),
        some=", ".join(unwanted[:3]),
        environment=sys.prefix,
    )


if __name__ == "__main__":
    raise SystemExit(main())
