"""Builds what is released, checks it, and uses each wheel where nothing else of TrainMon is.

    python -m tests.installed.distributions [--outdir dist]      (`make dist`)

The source distribution holds the front end built, and the wheels are made from it where no Node can
be found: one with the kernel for the stable ABI, one for Python 3.10, one without a kernel for
everybody else. Each is installed by every Python of this machine that it is for, into an
environment with neither Node nor compiler, and TensorBoard is started with it. A Python that is not
here is named and left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from build_support import front_end
from tests.installed.bare import ROOT, Bare, say
from tests.installed.pythons import SUPPORTED, name, pythons

KERNEL, WITHOUT = "required", "left-out"


def main() -> int:
    """Build, check, install and start; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--outdir", type=Path, default=ROOT / "dist")
    outdir: Path = parser.parse_args().outdir
    outdir.mkdir(exist_ok=True)
    for old in [*outdir.glob("tb_trainmon-*.whl"), *outdir.glob("tb_trainmon-*.tar.gz")]:
        old.unlink()
    found = pythons()
    for version in SUPPORTED:
        if version not in found:
            say(f"There is no Python {name(version)} here: what is for it is not built or tried.")
    wheels = build(outdir, found)
    check([*outdir.glob("tb_trainmon-*")])
    with tempfile.TemporaryDirectory() as folder:
        for wheel, versions in wheels.items():
            for version in versions:
                use(wheel, Path(folder, name(version)), version, found[version])
    return 0


def build(outdir: Path, found: dict[tuple[int, int], Path]) -> dict[Path, list[tuple[int, int]]]:
    """The source distribution and every wheel that can be made here, with who is to try it."""
    front_end.build()
    _run([sys.executable, "-m", "build", "--sdist", "--outdir", outdir, ROOT])
    (source,) = outdir.glob("*.tar.gz")
    newer = [version for version in found if version >= (3, 11)]
    plans = [
        (newer[:1], KERNEL, "*-cp311-abi3-*.whl", newer),
        ([v for v in found if v == (3, 10)], KERNEL, "*-cp310-cp310-*.whl", [(3, 10)]),
        (list(found)[:1], WITHOUT, "*-py3-none-any.whl", list(found)[-1:]),
    ]
    made = {}
    for builders, kernel, pattern, users in plans:
        for version in builders:
            _make_wheel(found[version], source, outdir, kernel)
            (wheel,) = outdir.glob(pattern)
            made[wheel] = users
    return made


def _make_wheel(python: Path, source: Path, outdir: Path, kernel: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _run([python, "-m", "venv", folder])
        tools = [tool for tool in ("cc", "gcc", "as", "ld") if kernel == KERNEL]
        environment = {**os.environ, "TRAINMON_KERNEL": kernel, "PATH": _path_to(tools, folder)}
        pip = [Path(folder, "bin", "python"), "-m", "pip", "--quiet", "wheel", "--no-deps"]
        _run([*pip, "--wheel-dir", outdir, source], environment)


def _path_to(tools: list[str], folder: str) -> str:
    """A PATH with these programs and no Node."""
    programs = Path(folder, "programs")
    programs.mkdir()
    for tool in tools:
        for place in os.get_exec_path():
            if Path(place, tool).is_file():
                (programs / tool).symlink_to(Path(place, tool))
                break
    return str(programs)


def check(made: list[Path]) -> None:
    """What the package index asks of a distribution, and what the stable ABI does of a wheel."""
    say()
    for distribution in made:
        say(f"{distribution.name}: {distribution.stat().st_size / 1000:,.0f} kB")
    _run([sys.executable, "-m", "twine", "check", "--strict", *made])
    if sys.platform.startswith("linux"):
        for wheel in made:
            if "abi3" in wheel.name:
                _run([sys.executable, "-m", "abi3audit", "--strict", wheel])


def use(wheel: Path, folder: Path, version: tuple[int, int], python: Path) -> None:
    """Install it, start TensorBoard with it, and say how long each took."""
    bare = Bare(folder, python)
    install = bare.install(str(wheel))
    answers = bare.start()
    expected = "python" if "none-any" in wheel.name else "kernel"
    assert answers.reader == expected, f"{wheel.name}: read by {answers.reader}"
    say(
        f"{wheel.name} on Python {name(version)}: installed in {install:.0f} s; TensorBoard "
        f"{answers.tensorboard} had its first points after {answers.seconds:.1f} s ({expected})"
    )


def _run(command: Sequence[object], environment: dict[str, str] | None = None) -> None:
    run = subprocess.run(
        [str(word) for word in command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise SystemExit(f"{run.stdout}\nerror: this failed: {' '.join(map(str, command))}")


if __name__ == "__main__":
    sys.exit(main())
