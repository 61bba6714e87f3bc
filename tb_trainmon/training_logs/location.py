"""Where a database is: the path of an SQLite file, or a URL of something bigger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from tb_trainmon.core.errors import DatabaseUnreadable

HIDDEN = "***"

#: Parts of a URL's query that may be said aloud; any other may be a secret to some driver.
PUBLIC_OPTIONS = frozenset({"host", "port", "dbname", "user", "sslmode", "application_name"})


@dataclass(frozen=True, slots=True)
class Location:
    """A place for a database. Exactly one of ``path`` (an SQLite file) and ``url`` is set."""

    path: Path | None
    url: URL | None

    def __str__(self) -> str:
        """How to call it in a sentence: never with a password, wherever in the URL that is."""
        if self.url is None:
            return str(self.path)
        return self.url.set(query={}).render_as_string(hide_password=True)

    def __repr__(self) -> str:
        """The same: this may stand in a traceback or a log."""
        return f"<{self}>"

    def redacted(self, said: str) -> str:
        """What a driver ``said``, without the secrets that it may have repeated."""
        for secret in sorted(self._secrets(), key=len, reverse=True):
            said = said.replace(secret, HIDDEN)
        return said

    def _secrets(self) -> set[str]:
        plain = set(_secrets_of(self.url)) if self.url is not None else set()
        return {form for text in plain for form in (text, quote(text, safe=""), quote_plus(text))}


def located(text: str) -> Location:
    """The place that ``text`` names: a path, or a URL such as ``postgresql+psycopg://host/db``.

    Raises DatabaseUnreadable where it looks like a URL and is none.
    """
    if "://" not in text:
        return Location(Path(text), None)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Without the text itself, also as the cause: it may hold a password.
        raise DatabaseUnreadable(
            "The database location looks like a URL but cannot be read as one. Write it like "
            "postgresql+psycopg://user@host/name, or give the path of an SQLite file."
        ) from None
    if url.get_backend_name() == "sqlite" and url.database:
        return Location(Path(url.database), None)
    return Location(None, url)


def _secrets_of(url: URL) -> Iterator[str]:
    if url.password:
        yield str(url.password)
    for name, value in url.query.items():
        if name not in PUBLIC_OPTIONS:
            # A short one, such as a number of seconds, is no secret, and occurs in any sentence.
            yield from (v for v in ((value,) if isinstance(value, str) else value) if len(v) > 3)
