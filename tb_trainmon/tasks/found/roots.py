"""Where TensorBoard looks for runs: ``--logdir``, or the parts of ``--logdir_spec``."""

from __future__ import annotations

import os
import re

from tb_trainmon.core.record import record
from tb_trainmon.event_files.urls import is_remote


@record(frozen=True, slots=True)
class Root:
    """One log directory; ``name`` goes before the runs in it ("" for a plain ``--logdir``)."""

    path: str
    name: str = ""

    def qualified(self, run: str) -> str:
        """The name by which the whole program knows ``run``; ``.`` is the directory itself."""
        both = f"{self.name}/{run}" if self.name and run else self.name or run
        return legible(both) or "."


def legible(path: str) -> str:
    r"""``path`` as text that any encoder takes, and no other path's.

    Python carries bytes of a file name that are no UTF-8 as lone surrogates, which neither UTF-8
    nor JSON has: they become ``\xff``.
    """
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def roots_from_flags(logdir: str, logdir_spec: str) -> list[Root]:
    """The roots that TensorBoard reads for these flags; none when both are empty."""
    if logdir:
        return [Root(os.path.expanduser(logdir))]
    return [_spec_part(part.strip()) for part in logdir_spec.split(",") if part.strip()]


def _spec_part(part: str) -> Root:
    """``name:path`` or ``path``; a URL's scheme or a drive letter is no name, as in TensorBoard."""
    name, colon, path = part.partition(":")
    named = colon and not is_remote(part) and not os.path.isabs(part) and not _is_drive(part)
    if named:
        return Root(os.path.expanduser(path), name)
    return Root(os.path.expanduser(part))


def _is_drive(part: str) -> bool:
    return re.match(r"[A-Za-z]:\\", part) is not None
