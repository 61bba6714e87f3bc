"""The distributions as users get them, and an environment with the wheel in it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from build_support import front_end


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder ``name`` as ``make`` filled it, in whichever process of the run came first."""
    shared = temporary.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, whole = shared / name, shared / f"{name} is whole"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            folder.mkdir()
            make(folder)
            whole.touch()
    return folder


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that was built from it.

    Built where no Node can be found: the front end must come with the source distribution.
    """
    assert front_end.is_current(), "The front end is not built; `make build` does it."
    environment = {**os.environ, "PATH": str(tmp_path_factory.mktemp("empty_path"))}

    def build(folder: Path) -> None:
        built = subprocess.run(
            [sys.executable, "-m", "build", "--outdir", folder, front_end.ROOT],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert built.returncode == 0, built.stdout

    return made_once(tmp_path_factory, "distributions", build)


@pytest.fixture(scope="session")
def wheel(distributions: Path) -> Path:
    (found,) = distributions.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel in it, and nothing of this checkout.

    What the wheel depends on is borrowed from the environment that runs the tests.
    """

    def install(folder: Path) -> None:
        venv.create(folder)
        python = folder / "bin" / "python"
        pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", wheel], check=True)
        (site_packages,) = folder.glob("lib/python*/site-packages")
        # The path alone: the .pth file that leads from there to this checkout is not followed.
        (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")

    return made_once(tmp_path_factory, "environment", install) / "bin" / "python"
