"""A tab that follows one task by its stream: reads events as the HTML standard says to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from werkzeug.test import TestResponse

from tests.routes import shapes
from tests.routes.reader import Reader
from tests.routes.site import PREFIX, Site

BEAT = 0.5  # seconds: enough for the watcher to look, judge and tell


class Listener(Reader):
    """Takes over what its stream brings, and goes on from the last id when it is cut off."""

    def __init__(self, site: Site, task: str, **asked: Any) -> None:
        super().__init__(site, task, **asked)
        self._answer: TestResponse | None = None

    def listen(self, **more: str) -> None:
        """Open the stream; the first bytes come at once."""
        self._answer = self._site.client.get(
            PREFIX + "stream",
            query_string={**self._asked, **more, "task": self._name},
            headers={"Last-Event-ID": self.cursor},
        )
        assert self._answer.status_code == 200
        self._chunks: Iterator[bytes] = iter(self._answer.iter_encoded())
        assert next(self._chunks) == b"retry: 2000\n\n"

    def hear(self) -> list[str]:
        """What has been sent by now; the types of the messages."""
        types: list[str] = []
        while (chunk := next(self._chunks, b":\n\n")) != b":\n\n":
            types += self.take_events(chunk)
        return types

    def take_events(self, received: bytes) -> list[str]:
        """Take over each event of which the end has come; the last one may be cut off."""
        types = []
        for event in received.decode().split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in event.splitlines())
            message = json.loads(fields["data"])
            assert message["type"] == fields["event"]
            shapes.check(message, shapes.MESSAGES[message["type"]], message["type"])
            self.cursor = fields.get("id", self.cursor)
            self._take(message)
            types.append(message["type"])
        return types

    def hang_up(self) -> None:
        """Close the connection, as a tab that is closed does."""
        assert self._answer is not None
        self._answer.close()
