"""What is wrong with a database, in a sentence: which one, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.core.plain_text import excerpt
from tb_trainmon.training_logs import sqlite_file
from tb_trainmon.training_logs.location import Location

LOCKED = "is locked by another program. It is tried again at the next refresh"
AGAIN = "It is asked again within seconds"
NO_ANSWER = "timeout expired"

#: A driver's words, in lower case, and ours for them. The first that occurs is used.
CAUSES = {
    "file is not a database": "is not an SQLite database, or is encrypted. Name the right file",
    "malformed": "is damaged. Restore a copy, or save what `sqlite3 FILE .recover` can",
    "codec can't decode": "is damaged. Restore a copy, or save what `sqlite3 FILE .recover` can",
    "locked": LOCKED,
    "busy": LOCKED,
    "connection refused": "does not answer: no server runs there, or not yet. " + AGAIN,
    NO_ANSWER: "does not answer in time. " + AGAIN,
    "connection timeout": "does not answer in time. " + AGAIN,
    "password authentication failed": "does not accept the user name or the password of "
    "TRAINMON_DB_URL",
    "no password supplied": "wants a password. TRAINMON_DB_URL may hold one, or ~/.pgpass",
    "no such table": "has no table of training logs: no TaskLogger ever wrote into it",
    "relation": "has no table of training logs: no TaskLogger ever wrote into it",
    "no such column": "lacks a column without which it cannot be read: it is no training log, or "
    "was made by a very old version",
    "readonly database": "cannot be opened in this read-only place. Copy it to another folder",
    "unable to open": "cannot be opened. Check its permissions and those of its folder",
    "permission denied": "may not be read by this user. Change its permissions",
    "disk i/o error": "cannot be read: the disk reports an error",
}


def check_file(path: Path) -> None:
    """Raise DatabaseUnreadable if ``path`` cannot be a database with something in it."""
    try:
        sentence = _of_file(path)
    except OSError as error:
        raise unreadable(path, error) from error
    if sentence is not None:
        raise DatabaseUnreadable(f"{path} {sentence}.")


def unreadable(where: object, error: Exception) -> DatabaseUnreadable:
    """The error to raise for what a database driver said about ``where``."""
    first = first_line(error)
    if isinstance(where, Location):
        first = where.redacted(first)
    lowered = first.lower()
    for words, sentence in CAUSES.items():
        if words in lowered:
            return DatabaseUnreadable(f"{where} {sentence} ({first}).")
    return DatabaseUnreadable(f"{where} cannot be read: {first}.")


def is_about_a_read_only_place(error: Exception) -> bool:
    """Whether SQLite failed because it may not write its own ``-wal`` and ``-shm`` files."""
    return any(words in str(error).lower() for words in ("readonly database", "unable to open"))


def first_line(error: Exception) -> str:
    """What a driver said, without what SQLAlchemy adds to it."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return excerpt(said[0]) if said else type(error).__name__


def too_slow(path: Path, seconds: float) -> str:
    """What to say when the answer to a question takes so long that it was given up."""
    return (
        f"{path} does not answer within {seconds:g} seconds: is one of its tables a view, or the "
        "index training_logs_by_task missing? It is asked again later."
    )


def not_yet(where: object) -> str:
    """What to say while a server's first answer is waited for no longer, and still expected."""
    return f"{where} has not answered yet. What it knows is shown as soon as it does."


def interrupted(path: Path) -> DatabaseUnreadable:
    """The error to raise when only a program that may write could undo a change first."""
    return DatabaseUnreadable(
        f"{path} is in the middle of a change, by a program that is still at it or was killed. It "
        "is tried again at the next refresh; if it stays, `sqlite3 FILE .tables` undoes the change."
    )


def newer(location: Location, migrations: Sequence[str]) -> str:
    """A database that has had changes of its schema that this version does not know."""
    schema = excerpt(migrations[-1])
    return (
        f"{location} was written by a newer TrainMon (schema {schema!r}). What this "
        "version knows of it is shown; to see the rest, upgrade tb-trainmon."
    )


def wal_on_a_network(location: Location, network: str) -> str:
    """A write-ahead log where other machines cannot see it."""
    return (
        f"{location} has a write-ahead log on a network file system ({network}), which machines "
        "do not share: what another one wrote may be missing here, or arrive late. For trainings "
        "on several machines name a PostgreSQL database in TRAINMON_DB_URL."
    )


def no_driver(where: object, error: ImportError) -> DatabaseUnreadable:
    """The error to raise when the Python package for a kind of database is not installed."""
    package = "'tb-trainmon[postgres]'" if error.name == "psycopg" else error.name
    return DatabaseUnreadable(
        f"{where} needs the Python package {error.name!r}, which is not installed. Install it "
        f"with: pip install {package}"
    )


def _of_file(path: Path) -> str | None:
    if path.is_dir():
        return "is a directory, not a database. Name the file in it"
    if not path.exists():
        return "does not exist. A TaskLogger makes it; until then only event files are shown"
    if not path.is_file():
        return "is not a file that one can read twice: a named pipe, a socket or a device"
    if path.stat().st_size == 0:
        return "is empty: it has no tables yet"
    odd = sqlite_file.odd_neighbour(path)
    if odd is not None:
        return f"is not opened: {odd} beside it is a link, a named pipe or a device"
    return None
