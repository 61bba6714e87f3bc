"""This Python and its packages: versions, the plugin's registration, the front end, the kernel."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import tb_trainmon
from tb_trainmon.cli.doctor.finding import Finding, failed, good, warning
from tb_trainmon.event_files.reader import VARIABLE, reader_in_use, without_kernel

PACKAGE = "tb-trainmon"
GROUP = "tensorboard_plugins"
TENSORBOARDS = ("tensorboard", "tb-nightly")
#: What TensorBoard's own metadata does not say of its limits: up to which version of it which
#: package must be older than what.
LIMITS = (
    ((2, 17, 0), "numpy", (2,), "uses names that NumPy 2 no longer has"),
    ((2, 20), "setuptools", (82,), "imports pkg_resources, which setuptools 82 no longer has"),
)

#: Up to 2.19 it imports imghdr, which Python 3.13 no longer has.
IMGHDR_UNTIL = (2, 19)

Version = tuple[int, ...]


def check(_: argparse.Namespace) -> Iterator[Finding]:
    """All of it, whatever the log directory."""
    yield good(
        f"TrainMon {tb_trainmon.__version__} on Python {platform.python_version()} in {sys.prefix}"
    )
    yield from tensorboards()
    yield from dependencies()
    yield from plugins()
    yield from command()
    yield from front_end()
    yield from kernel()


def version_of(package: str) -> str | None:
    """The installed one."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def numbers(version: str) -> Version:
    """The leading numbers: "2.21.0a1" is (2, 21, 0)."""
    return tuple(int(part) for part in re.findall(r"\d+", re.match(r"[\d.]*", version)[0]))  # type: ignore[index]


def tensorboards() -> Iterator[Finding]:
    """Which TensorBoard, and what it needs beside it."""
    there = {name: version for name in TENSORBOARDS if (version := version_of(name))}
    if not there:
        yield failed("There is no TensorBoard in this environment.", "pip install tensorboard")
        return
    if len(there) > 1:
        both = " and ".join(f"{name} {version}" for name, version in there.items())
        yield failed(
            f"{both} are both installed, into one folder: files of one have replaced the other's.",
            f"pip uninstall {' '.join(there)}, then install one of them.",
        )
    yield from _one_that_works(*next(iter(there.items())))


def _one_that_works(name: str, version: str) -> Iterator[Finding]:
    """Whether this TensorBoard, of this name, is new enough and has what it needs."""
    least = _least_versions().get("tensorboard", ())
    if name == "tensorboard" and numbers(version) < least:
        wanted = ".".join(map(str, least))
        yield failed(
            f"TensorBoard {version} is older than {wanted}, the first that TrainMon works with.",
            f"pip install 'tensorboard>={wanted}'",
        )
        return
    yield good(f"{'TensorBoard' if name == 'tensorboard' else name} {version}")
    if numbers(version)[:2] <= IMGHDR_UNTIL and not is_installed("imghdr"):
        yield failed(
            f"TensorBoard {version} imports imghdr, which this Python no longer has.",
            "pip install standard-imghdr, or a newer TensorBoard",
        )
    yield from _packages_beside(version)


def _packages_beside(version: str) -> Iterator[Finding]:
    """Packages that are too new for this TensorBoard."""
    for until, package, below, why in LIMITS:
        if numbers(version)[: len(until)] > until:
            continue
        limit = f"{package}<{below[0]}"
        installed = version_of(package)
        if installed is None and package == "setuptools":
            yield failed(
                f"TensorBoard {version} {why}, and there is none.", f"pip install '{limit}'"
            )
        elif installed is not None and numbers(installed) >= below:
            yield failed(
                f"TensorBoard {version} {why}; this is {package} {installed}.",
                f"pip install '{limit}', or a newer TensorBoard",
            )


def _least_versions() -> dict[str, Version]:
    """Of what TrainMon depends on, by name."""
    found = {}
    for requirement in metadata.requires(PACKAGE) or ():
        matched = re.match(r"([\w.-]+)>=([\d.]+)", requirement)
        if matched and "extra ==" not in requirement and not _is_for_another_python(requirement):
            found[matched[1]] = numbers(matched[2])
    return found


def _is_for_another_python(requirement: str) -> bool:
    matched = re.search(r"python_version < ['\"]([\d.]+)", requirement)
    return matched is not None and sys.version_info[:2] >= numbers(matched[1])


def dependencies() -> Iterator[Finding]:
    """Packages that are missing or older than TrainMon needs: pip was told to leave them alone."""
    for package, least in _least_versions().items():
        if package == "tensorboard":
            continue
        installed = version_of(package)
        wanted = f"{package}>={'.'.join(map(str, least))}"
        if installed is None:
            yield failed(f"{package} is not installed.", f"pip install '{wanted}'")
        elif numbers(installed) < least:
            yield failed(f"{package} {installed} is too old.", f"pip install '{wanted}'")


def plugins() -> Iterator[Finding]:
    """Whether TensorBoard finds TrainMon, and whether another plugin takes it down."""
    registered = list(metadata.entry_points(group=GROUP))
    if not any(entry.name == "trainmon" for entry in registered):
        yield failed(
            "TensorBoard does not find TrainMon: it is not installed here, only imported from a "
            "folder.",
            "Install it: pip install tb-trainmon, or pip install -e . in its checkout.",
        )
    else:
        yield good("TensorBoard finds the plugin.")
    for entry in registered:
        problem = _trouble(entry)
        if problem is not None:
            owner = entry.dist.name if entry.dist else entry.name
            yield failed(
                f"The plugin {entry.name!r} ({owner}) cannot be imported, and so TensorBoard does "
                f"not start at all: {type(problem).__name__}: {problem}",
                f"pip install --upgrade {owner}, or pip uninstall {owner}",
            )


def _trouble(entry: metadata.EntryPoint) -> Exception | None:
    try:
        entry.load()
    except Exception as error:  # noqa: BLE001  a plugin may raise whatever it likes
        return error
    return None


def command() -> Iterator[Finding]:
    """Whether the shell's ``tensorboard`` is this environment's."""
    on_path = shutil.which("tensorboard")
    own = Path(sys.executable).parent
    if on_path is None:
        yield warning(
            "There is no command `tensorboard` on PATH.",
            f"Start it as: {sys.executable} -m tensorboard.main --logdir ...",
        )
    elif Path(on_path).parent.resolve() != own.resolve():
        yield warning(
            f"The shell's `tensorboard` is {on_path}, of another environment than {own}: "
            "it may not know TrainMon.",
            f"Start {own / 'tensorboard'}, or install TrainMon there as well.",
        )


def front_end() -> Iterator[Finding]:
    """Whether there is something to show."""
    if not Path(tb_trainmon.__file__).with_name("static").joinpath("index.js").is_file():
        yield failed(
            "TrainMon was installed without its front end: the tab is empty.",
            "Install a released wheel, or in its source folder run: make build",
        )


def kernel() -> Iterator[Finding]:
    """Which reader reads event files."""
    slow = without_kernel()
    if slow is not None:
        yield warning(slow.partition(" A wheel")[0], "A wheel" + slow.partition(" A wheel")[2])
    elif reader_in_use() == "python":
        yield warning(
            f"{VARIABLE}={os.environ[VARIABLE]} has event files read by the slow reader.",
            f"unset {VARIABLE}",
        )
    else:
        yield good("Event files are read by the compiled kernel.")


def is_installed(module: str) -> bool:
    """Whether it could be imported."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
