"""Where a database is: the path of an SQLite file, or a URL of something bigger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from tb_trainmon.core.errors import DatabaseUnreadable


@dataclass(frozen=True, slots=True)
class Location:
    """A place for a database. Exactly one of ``path`` (an SQLite file) and ``url`` is set."""

    path: Path | None
    url: URL | None

    def __str__(self) -> str:
        """How to call it in a sentence: never with a password."""
        return str(self.path) if self.url is None else self.url.render_as_string(hide_password=True)


def located(text: str) -> Location:
    """The place that ``text`` names: a path, or a URL such as ``postgresql+psycopg://host/db``."""
    if "://" not in text:
        return Location(Path(text), None)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        # Without the text itself: it may hold a password.
        raise DatabaseUnreadable(
            "The database location looks like a URL but cannot be read as one. Write it like "
            "postgresql+psycopg://user@host/name, or give the path of an SQLite file."
        ) from error
    if url.get_backend_name() == "sqlite" and url.database:
        return Location(Path(url.database), None)
    return Location(None, url)
