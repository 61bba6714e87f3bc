"""The Pythons of this machine that TrainMon supports."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

#: Those that TrainMon is released for; a newer one is tried where there is one.
SUPPORTED = ((3, 10), (3, 11), (3, 12), (3, 13), (3, 14))


def pythons() -> dict[tuple[int, int], Path]:
    """One interpreter of each supported version: on PATH, or put there by pyenv."""
    found: dict[tuple[int, int], Path] = {}
    for version in SUPPORTED:
        for candidate in _candidates(version):
            if version not in found and _version_of(candidate) == version:
                found[version] = candidate
    return found


def name(version: tuple[int, int]) -> str:
    """As people say it: 3.12."""
    return f"{version[0]}.{version[1]}"


def _candidates(version: tuple[int, int]) -> list[Path]:
    on_path = shutil.which(f"python{name(version)}")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    installed = sorted(pyenv.glob(f"{name(version)}.*/bin/python"))
    return [*installed[::-1], *([Path(on_path)] if on_path else [])]


def _version_of(python: Path) -> tuple[int, int] | None:
    """Of one that starts and can make environments."""
    program = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
    try:
        said = subprocess.run(
            [python, "-c", program], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor = said.stdout.split()
    return int(major), int(minor)
