"""Metrics that still lie on an accelerator: taken note of without waiting for it.

Reading a tensor from a GPU makes the training loop wait until the GPU has done everything that was
asked of it before. So the loop only asks for a copy, which the GPU makes when it gets there; the
writer's thread does the waiting.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any


def is_on_device(value: object) -> bool:
    """Whether ``value`` is a torch tensor somewhere else than in main memory."""
    kind = getattr(getattr(value, "device", None), "type", "cpu")
    return kind != "cpu" and hasattr(value, "detach")


class Copied:
    """A copy made on the device, in the order of what the calling thread has asked of it."""

    __slots__ = ("_copy", "_stream")

    def __init__(self, tensor: Any) -> None:
        # Without its history: that would keep all tensors of the step alive.
        self._copy = tensor.detach().clone()
        self._stream = _stream_of(tensor)

    def __float__(self) -> float:
        with _in_stream(self._stream):
            return float(self._copy.item())


class Watched:
    """The tensor itself, for as long as nobody changes it: most are never read.

    Raises RuntimeError when it is read after it was changed in place.
    """

    __slots__ = ("_tensor", "_version")

    def __init__(self, tensor: Any) -> None:
        self._tensor = tensor.detach()
        # Counts changes in place, also those of other views of the same memory.
        self._version = self._tensor._version  # noqa: SLF001  (torch's documented name for it)

    def __float__(self) -> float:
        if self._tensor._version != self._version:  # noqa: SLF001
            raise RuntimeError("it was changed after it was logged")
        return float(self._tensor.item())


def _stream_of(tensor: Any) -> Any:
    torch: Any = sys.modules.get("torch")
    if torch is None or not getattr(tensor, "is_cuda", False):
        return None
    return torch.cuda.current_stream(tensor.device)


def _in_stream(stream: Any) -> contextlib.AbstractContextManager[object]:
    # The copy was asked for in this stream; another one might answer before it is made.
    if stream is None:
        return contextlib.nullcontext()
    found: contextlib.AbstractContextManager[object] = sys.modules["torch"].cuda.stream(stream)
    return found
