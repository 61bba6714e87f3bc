"""Compiles the kernel of the event reader, where there is a C compiler.

``tb_trainmon/event_files/kernel.py`` is Python that Cython turns into C. Everything here may fail
without harm: TrainMon then reads event files with its slower Python decoder, and says so.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from setuptools import Extension
from setuptools.command.build_ext import build_ext

FOLDER = "tb_trainmon/event_files"


def extension() -> Extension:
    """The kernel, as setuptools is told of it."""
    return Extension(
        "tb_trainmon.event_files.kernel",
        [f"{FOLDER}/kernel.py"],
        include_dirs=[FOLDER],
        depends=[f"{FOLDER}/machine.h", f"{FOLDER}/machine.pxd"],
        extra_compile_args=[] if os.name == "nt" else ["-O3", "-g0"],
        optional=True,
    )


class BuildKernel(build_ext):
    """``build_ext`` that has Cython write the C first, and only when something is built."""

    def finalize_options(self) -> None:
        """Replace the Python source by the C made from it; without Cython, build nothing."""
        try:
            # Late: metadata alone can be had without Cython.
            from Cython.Build import cythonize  # noqa: PLC0415
            from Cython.Compiler.Errors import CompileError  # noqa: PLC0415
        except ImportError:
            self._go_without("Cython is not installed")
        else:
            try:
                self.distribution.ext_modules = cythonize(
                    self.distribution.ext_modules,
                    build_dir=self._folder_for_c(),
                    language_level=3,
                    quiet=True,
                )
            except CompileError as error:
                self._go_without(f"Cython does not take it: {error}")
        for made in self.distribution.ext_modules or []:
            made.optional = True  # Cython does not carry it over
        super().finalize_options()

    def _folder_for_c(self) -> str:
        build: Any = self.get_finalized_command("build")
        return str(Path(build.build_base, "cython"))

    def _go_without(self, reason: str) -> None:
        self.warn(f"the kernel is not compiled, and reading event files is slow: {reason}")
        self.distribution.ext_modules = []
