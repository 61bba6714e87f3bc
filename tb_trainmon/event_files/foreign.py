"""Files that are named like event files and hold something else."""

from __future__ import annotations

from tb_trainmon.core.problem import Problem


def foreign_content(head: bytes, where: str) -> Problem | None:
    """What the file that begins with ``head`` is, if it is known to be no event file.

    Formats: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, RFC 1952.
    """
    if head.startswith(b"version https://git-lfs"):
        return Problem(
            "lfs_pointer",
            where,
            "This is a Git LFS pointer, not the log itself. 'git lfs pull' fetches the log.",
        )
    if head.startswith(b"\x1f\x8b"):
        return Problem(
            "compressed", where, "This file is compressed with gzip. Unpack it to see its points."
        )
    return None


def no_event_file(where: str) -> Problem:
    """Said of a file without one valid record."""
    return Problem(
        "not_event_file",
        where,
        "This is no event file, or all of it is damaged: it holds no valid record.",
    )
