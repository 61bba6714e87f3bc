"""To whom: addresses as apprise has them (``mailto://``, ``slack://``, ...), kept secret.

An address holds tokens and passwords. It comes from the environment or from a file that only its
owner can read; it is never shown: a service is called by its number and its scheme.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tb_trainmon.core.errors import TrainMonError

VARIABLE = "TRAINMON_NOTIFY_TO"  # one address or several, separated by blanks
_LARGEST = 1 << 16  # bytes of a file with addresses


class BadAddress(TrainMonError):
    """An address, or the place where it should be, cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Address:
    """One service. Its representation, its name and its key give nothing away."""

    url: str = field(repr=False)
    number: int

    @property
    def name(self) -> str:
        """How it is called in front of people: "address 2 (slack)"."""
        return f"address {self.number} ({self.url.partition('://')[0].lower()})"

    @property
    def key(self) -> str:
        """Names it in the memory, from which it cannot be worked out."""
        return hashlib.blake2b(self.url.encode(), digest_size=8, person=b"trainmon").hexdigest()


def addresses_from(named: Sequence[str], environment: Mapping[str, str]) -> list[Address]:
    """The services that ``--to`` names, else those of TRAINMON_NOTIFY_TO. Raises BadAddress.

    ``env:NAME`` is a variable, ``file:PATH`` a file with an address a line; anything else is an
    address itself.
    """
    urls = [url for one in named or [f"env:{VARIABLE}"] for url in _urls(one, environment)]
    for number, url in enumerate(urls, 1):
        if "://" not in url:
            raise BadAddress(
                f"Address {number} has no scheme such as mailto:// or ntfy://. Addresses are "
                "apprise's; its documentation lists them by service."
            )
    unique = list(dict.fromkeys(urls))
    return [Address(url, number) for number, url in enumerate(unique, 1)]


def is_plain(named: str) -> bool:
    """Whether this argument of ``--to`` is an address itself, which others can see in ``ps``."""
    return not named.startswith(("env:", "file:"))


def _urls(named: str, environment: Mapping[str, str]) -> list[str]:
    kind, _, place = named.partition(":")
    if kind == "env":
        return _from_environment(place, environment)
    if kind == "file":
        return _from_file(Path(place))
    return [named]


def _from_environment(name: str, environment: Mapping[str, str]) -> list[str]:
    urls = environment.get(name, "").split()
    if not urls:
        raise BadAddress(
            f"There is no address: name one with --to env:VARIABLE or --to file:PATH, or put it "
            f"into the environment variable {VARIABLE}."
            if name == VARIABLE
            else f"The environment variable {name} is not set, or empty."
        )
    return urls


def _from_file(path: Path) -> list[str]:
    # Not opened before it is known what it is: a named pipe would wait for ever.
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise BadAddress(f"{path} is no regular file.")
        if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO) and os.name == "posix":
            raise BadAddress(
                f"{path} holds addresses with their secrets, and others may read it: chmod 600 it."
            )
        with path.open(encoding="utf-8") as file:
            lines = file.read(_LARGEST).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadAddress(f"{path} cannot be read: {_why(error)}.") from error
    urls = list(_lines_with_an_address(lines))
    if not urls:
        raise BadAddress(f"{path} has no address: write one a line; # begins a comment.")
    return urls


def _lines_with_an_address(lines: Iterable[str]) -> Iterable[str]:
    stripped = (line.strip() for line in lines)
    return (line for line in stripped if line and not line.startswith("#"))


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or "it is no UTF-8 text")
