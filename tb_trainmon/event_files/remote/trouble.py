"""What may be wrong with a remote store, said to the person who looks at the tab."""

from __future__ import annotations

from dataclasses import replace

from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.urls import packages_for, scheme_of

_LONGEST = 300  # characters of what a client library says; some add whole documents


class StoreTrouble(OSError):
    """The store as a whole gives nothing now; ``__cause__`` is what its client said."""


class UnknownScheme(OSError):
    """There is no reader for such URLs, with or without another package."""

    def __init__(self, scheme: str) -> None:
        super().__init__(f"TrainMon has no reader for {scheme}:// addresses: fsspec knows none.")


def trouble(url: str, error: BaseException) -> Problem:
    """Why the store of the log directory ``url`` gives nothing, and what mends it."""
    scheme = scheme_of(url)
    if isinstance(error, StoreTrouble):
        error = error.__cause__ or error
    if isinstance(error, ImportError):
        return Problem("remote_package", url, _package_is_missing(scheme, error))
    if isinstance(error, UnknownScheme):
        return Problem("remote_scheme", url, str(error))
    if isinstance(error, FileNotFoundError):
        return Problem("logdir_missing", url, f"There is nothing at this address: {_said(error)}.")
    if "Credentials" in type(error).__name__:
        return Problem(
            "remote_credentials",
            url,
            f"There are no credentials for {scheme}:// in TensorBoard's environment: "
            f"{_said(error)}.",
        )
    if isinstance(error, PermissionError):
        return Problem("remote_denied", url, f"The store denies access: {_said(error)}.")
    return Problem("remote_unreachable", url, f"The store cannot be read: {_said(error)}.")


def still_shown(problem: Problem) -> Problem:
    """The same of a store that was read before."""
    return replace(problem, message=f"{problem.message} What was read before is still shown.")


def slow(url: str, seconds: float, *, known: bool) -> Problem:
    """The store was asked ``seconds`` ago and is silent since."""
    silence = f"The store has not answered for {seconds:.0f} s."
    kept = " What was read before is still shown." if known else ""
    return Problem("remote_slow", url, silence + kept)


def so_far(url: str, seconds: float, looked_at: int, files: int | None) -> Problem:
    """What the first reading of the log directory has come to after ``seconds``."""
    if files is None:
        said = f"Listing the log directory: {seconds:.0f} s so far."
    else:
        said = f"Looking at the event files: {looked_at:,} of {files:,} so far."
    return Problem("remote_first_look", url, said)


def _package_is_missing(scheme: str, error: ImportError) -> str:
    packages = packages_for(scheme)
    return (
        f"To read {scheme}:// TrainMon needs another package beside TensorBoard ({_said(error)}). "
        f"Install it with: pip install {packages}. Then start TensorBoard again."
    )


def _said(error: BaseException) -> str:
    """What the error says, as the end of a sentence."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    line = " ".join(text.split())
    return (line if len(line) <= _LONGEST else line[:_LONGEST] + "…").rstrip(".")
