"""Sending by the library apprise, which knows a hundred services. It is an extra of its own."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from tb_trainmon.notifying.addresses import Address, BadAddress
from tb_trainmon.notifying.letters import Letter

# All that is shown of what apprise logs: the rest may hold an address.
_STATUS = re.compile(r"\berror=(\d{3})\b|\bHTTP (\d{3})\b")


class Sender(Protocol):
    """What brings a letter to one address; ``takes_pictures`` says whether it can bring one."""

    takes_pictures: bool

    def __call__(self, letter: Letter) -> str | None:
        """Send it. None: it was taken; else why not, in words that give no secret away."""


class Apprise:
    """Sends to one address. Raises BadAddress where apprise is missing or does not know it."""

    def __init__(self, address: Address) -> None:
        # What apprise and its services import warns of its own future, which is not our reader's.
        with warnings.catch_warnings(), _unheard() as heard:
            warnings.simplefilter("ignore")
            self._apprise = _apprise()
            added = self._apprise.add(address.url)
        if not added:
            raise BadAddress(
                f"apprise cannot use {address.name}: it does not know the scheme, or a part of "
                f"the address is missing{_status(heard)}."
            )

        services = list(self._apprise)
        self.takes_pictures = all(service.attachment_support for service in services)

    def __call__(self, letter: Letter) -> str | None:
        """Send it; see ``Sender``."""
        with _unheard() as heard, _in_a_file(letter.picture) as picture:
            try:
                taken = self._apprise.notify(title=letter.title, body=letter.body, attach=picture)
            except Exception as error:  # noqa: BLE001  a hundred services, and each has its own
                return f"it failed ({type(error).__name__})"
        return None if taken else f"it refused, or did not answer{_status(heard)}"


def _apprise() -> Any:
    try:
        import apprise  # noqa: PLC0415  an extra, and slow to import
    except ImportError as error:
        raise BadAddress(
            "To send anything, TrainMon needs the package apprise: "
            "pip install 'tb-trainmon[notify]'."
        ) from error
    return apprise.Apprise()


@contextmanager
def _in_a_file(picture: bytes | None) -> Iterator[str | None]:
    """The picture's path for the time of the block: apprise takes files."""
    if picture is None:
        yield None
        return
    with TemporaryDirectory(prefix="trainmon-") as folder:
        path = Path(folder, "course.png")
        path.write_bytes(picture)
        yield str(path)


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the words."""
        self.heard.append(record.getMessage())


@contextmanager
def _unheard() -> Iterator[list[str]]:
    """What apprise logs meanwhile, which nobody else gets to see: it may hold an address."""
    logger = logging.getLogger("apprise")
    ear = _Ear()
    logger.propagate = False
    logger.addHandler(ear)
    try:
        yield ear.heard
    finally:
        logger.removeHandler(ear)


def _status(heard: list[str]) -> str:
    for line in reversed(heard):
        match = _STATUS.search(line)
        if match:
            return f" (HTTP {match.group(1) or match.group(2)})"
    return ""
