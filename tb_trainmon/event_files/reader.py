"""Which of the two decoders reads: chosen here, and nowhere else."""

from __future__ import annotations

import os
from typing import Literal

from tb_trainmon.core.compiled import is_compiled
from tb_trainmon.event_files.decoder import Decoder

# Set to "python", it makes the fallback read where the kernel is there too.
VARIABLE = "TRAINMON_READER"
_WITHOUT_KERNEL = (
    "TrainMon reads event files with its slow reader: its compiled kernel is not installed. The "
    "numbers are the same; large logs take many times longer. A wheel for this platform and "
    "Python has the kernel, and so has an installation from source where there is a C compiler."
)


def reader_in_use() -> Literal["kernel", "python"]:
    """Which decoder reads; "python" is the slow one."""
    forced = os.environ.get(VARIABLE, "") == "python"
    return "python" if forced or not kernel_is_compiled() else "kernel"


def new_decoder() -> Decoder:
    """A decoder for one event file."""
    # Each is imported only where it is used: the fallback needs much that the kernel does not.
    if reader_in_use() == "kernel":
        from tb_trainmon.event_files.kernel_decoder import KernelDecoder  # noqa: PLC0415

        return KernelDecoder()
    from tb_trainmon.event_files.python_decoder import PythonDecoder  # noqa: PLC0415

    return PythonDecoder()


def without_kernel() -> str | None:
    """Where the kernel is missing a sentence that says so and what to do; else None."""
    return None if kernel_is_compiled() else _WITHOUT_KERNEL


def kernel_is_compiled() -> bool:
    """Whether a wheel or a compiler brought the kernel; else kernel.py is but a text."""
    return is_compiled("tb_trainmon.event_files.kernel")
