"""W3C WebDriver, of which every browser speaks one dialect: over HTTP, or Firefox's own Marionette.

Commands have the names of the standard (https://www.w3.org/TR/webdriver2/).
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from typing import Any, Protocol

ANSWERS_WITHIN_SECONDS = 90

_NEW_SESSION = "NewSession"
#: Method and path of the commands that are used here.
_HTTP = {
    "DeleteSession": ("DELETE", ""),
    "Navigate": ("POST", "/url"),
    "GetCurrentURL": ("GET", "/url"),
    "SetWindowRect": ("POST", "/window/rect"),
    "SwitchToFrame": ("POST", "/frame"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "PerformActions": ("POST", "/actions"),
    "TakeScreenshot": ("GET", "/screenshot"),
}


class CommandFailed(Exception):
    """The browser refused a command; the text says which and why."""


class Session(Protocol):
    """A browser that does what it is told."""

    def command(self, name: str, **parameters: Any) -> Any:
        """What the browser answers. Raises CommandFailed."""


class WebDriver:
    """A driver that listens on loopback: chromedriver, WebKitWebDriver."""

    def __init__(self, port: int, capabilities: Mapping[str, Any]) -> None:
        self._port = port
        self._session = ""
        asked = {"alwaysMatch": dict(capabilities)}
        made = self._ask("POST", "/session", {"capabilities": asked}, _NEW_SESSION)
        self._session = f"/session/{made['sessionId']}"

    def command(self, name: str, **parameters: Any) -> Any:
        """What the browser answers. Raises CommandFailed."""
        method, path = _HTTP[name]
        body = parameters if method == "POST" else None
        return self._ask(method, self._session + path, body, name)

    def _ask(self, method: str, path: str, body: Any, name: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, ANSWERS_WITHIN_SECONDS)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request(method, path, body and json.dumps(body), headers)
            answer = connection.getresponse()
            value = json.loads(answer.read())["value"]
        finally:
            connection.close()
        if answer.status != 200:
            raise CommandFailed(f"{name}: {value['error']}: {value['message']}")
        return value


class Marionette:
    """Firefox itself, without a driver: ``LENGTH:[0, number, command, parameters]`` and back."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), ANSWERS_WITHIN_SECONDS)
        self._file = self._socket.makefile("rb")
        self._number = 0
        self._receive()  # its greeting
        self.command(_NEW_SESSION)

    def command(self, name: str, **parameters: Any) -> Any:
        """What the browser answers. Raises CommandFailed."""
        self._number += 1
        message = json.dumps([0, self._number, f"WebDriver:{name}", parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, value = self._receive()
        if error is not None:
            raise CommandFailed(f"{name}: {error['error']}: {error['message']}")
        return value.get("value") if isinstance(value, dict) else value

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def _receive(self) -> Any:
        length = b""
        while (digit := self._file.read(1)) != b":":
            if not digit:
                raise CommandFailed("Firefox has hung up.")
            length += digit
        return json.loads(self._file.read(int(length)))
