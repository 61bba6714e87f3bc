"""Compiles the kernels, of the event reader and of smoothing, where there is a C compiler.

``tb_trainmon/event_files/kernel.pyx`` and ``tb_trainmon/series/averages_kernel.py`` are Python that
Cython turns into C. Everything here may fail without harm: TrainMon then reads event files with its
slower Python decoder, and says so, and smooths with NumPy. For those
who release it the environment variable TRAINMON_KERNEL says ``required`` (or there is no wheel) or
``left-out``.

From Python 3.11 on the kernel keeps to the stable ABI, so that one file serves every later Python.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

from setuptools import Extension
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

PACKAGE = "tb_trainmon"
EVENT_FILES = f"{PACKAGE}/event_files"
VARIABLE = "TRAINMON_KERNEL"

#: The first Python whose stable ABI has buffers, which the kernel reads and makes.
STABLE_SINCE = (3, 11)


def extensions() -> list[Extension]:
    """The kernels, as setuptools is told of them; none where they are to be left out."""
    if os.environ.get(VARIABLE) == "left-out":
        return []
    machine = [f"{EVENT_FILES}/machine.h", f"{EVENT_FILES}/machine.pxd"]
    return [
        _extension(f"{EVENT_FILES}/kernel.pyx", depends=machine, include_dirs=[EVENT_FILES]),
        # Fused, a multiplication and an addition would give other last bits than Python's.
        _extension(f"{PACKAGE}/series/averages_kernel.py", "-ffp-contract=off"),
    ]


def _extension(source: str, *flags: str, **more: Any) -> Extension:
    return Extension(
        source.rpartition(".")[0].replace("/", "."),
        [source],
        define_macros=[("Py_LIMITED_API", f"0x{bytes(STABLE_SINCE).hex()}0000")]
        if is_stable()
        else [],
        extra_compile_args=[] if os.name == "nt" else ["-O3", "-g0", *flags],
        **more,
    )


def is_stable() -> bool:
    """Whether it is built for the stable ABI, which free-threaded Pythons do not have."""
    return sys.version_info >= STABLE_SINCE and not sysconfig.get_config_var("Py_GIL_DISABLED")


class KernelWheel(bdist_wheel):
    """``bdist_wheel`` that names in its tag what the kernel needs: nothing, if it is not there."""

    def finalize_options(self) -> None:
        """Tell of the stable ABI."""
        if is_stable():
            self.py_limited_api = f"cp{STABLE_SINCE[0]}{STABLE_SINCE[1]}"
        super().finalize_options()

    def get_tag(self) -> tuple[str, str, str]:
        """``py3-none-any``, where no compiler made a kernel: such a wheel serves everybody."""
        compiled: Any = self.get_finalized_command("build_ext")
        if not any(Path(output).is_file() for output in compiled.get_outputs()):
            self.root_is_pure = True
        tag: tuple[str, str, str] = super().get_tag()
        return tag


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
        for made in self.distribution.ext_modules or []:  # Cython does not carry these over
            made.optional = not _is_required()
            setattr(made, "py_limited_api", is_stable())  # noqa: B010  distutils' class has none
        super().finalize_options()

    def run(self) -> None:
        """Compile; in a checkout older ones, of another ABI, would be imported before them."""
        if self.inplace or self.editable_mode:
            for old in [*Path(PACKAGE).rglob("*.so"), *Path(PACKAGE).rglob("*.pyd")]:
                old.unlink()
        super().run()

    def _folder_for_c(self) -> str:
        build: Any = self.get_finalized_command("build")
        return str(Path(build.build_base, "cython"))

    def _go_without(self, reason: str) -> None:
        if _is_required():
            raise SystemExit(f"error: the kernel cannot be compiled: {reason}")
        self.warn(f"the kernel is not compiled, and reading event files is slow: {reason}")
        self.distribution.ext_modules = []


def _is_required() -> bool:
    return os.environ.get(VARIABLE) == "required"
