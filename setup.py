"""Packs TrainMon: what pyproject.toml says, the kernel, and the front end where it must be built.

A build that finds no Node takes PyPI's copy of it: ``setup_requires`` is how setuptools lets a
build ask for a package only when it needs it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import ClassVar

from setuptools import Command, setup
from setuptools.command.build import build
from setuptools.command.sdist import sdist

# A build front end runs this file without its folder on the path.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from build_support import front_end, kernel


class BuildFrontEnd(Command):
    """A step of ``build`` (so of wheels and editable installs too), before Python files are copied.

    Its output lies in the package and is packed as package data, so it lists no outputs itself.
    """

    description = "build the front end into tb_trainmon/static"
    user_options: ClassVar[list[tuple[str, str | None, str]]] = []
    editable_mode = False

    def initialize_options(self) -> None:
        """Nothing to choose."""

    def finalize_options(self) -> None:
        """Nothing to choose."""

    def run(self) -> None:
        """Build, and where that fails stop with the sentence alone."""
        try:
            front_end.build()
        except front_end.FrontEndError as problem:
            raise SystemExit(f"error: {problem}") from None

    def get_source_files(self) -> list[str]:
        """None: MANIFEST.in names them."""
        return []

    def get_outputs(self) -> list[str]:
        """None: see the class."""
        return []

    def get_output_mapping(self) -> dict[str, str]:
        """None: see the class."""
        return {}


class BuildFrontEndFirst(build):
    """``build`` with the front end as its first step."""

    sub_commands: ClassVar = [("build_front_end", None), *build.sub_commands]


class SourceDistribution(sdist):
    """An sdist ships the built front end, so that installing from it needs no Node."""

    def run(self) -> None:
        """Build before the list of files is made."""
        self.run_command("build_front_end")
        super().run()


setup(
    cmdclass={
        "bdist_wheel": kernel.KernelWheel,
        "build": BuildFrontEndFirst,
        "build_ext": kernel.BuildKernel,
        "build_front_end": BuildFrontEnd,
        "sdist": SourceDistribution,
    },
    ext_modules=kernel.extensions(),
    setup_requires=front_end.missing_requirements(),
)
