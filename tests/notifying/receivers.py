"""Real services on loopback: a web hook that keeps what it gets, and a mail server."""

from __future__ import annotations

import email
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class WebHook:
    """An HTTP server for apprise's ``json://``. ``status`` is what it answers; it may hang."""

    port: int = 0
    status: int = 200
    letters: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0
    freed: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address, with something secret in it."""
        return f"json://user:topsecret@127.0.0.1:{self.port}/hook"

    @property
    def titles(self) -> list[str]:
        """Of the letters that it took."""
        return [title for title, _ in self.letters]


@contextmanager
def web_hook(*, hangs: bool = False) -> Iterator[WebHook]:
    """Runs for the time of the block."""
    hook = WebHook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.asked += 1
            if hangs:
                hook.freed.wait(60)
            if hook.status == 200:
                hook.letters.append((told["title"], told["message"]))
            self.send_response(hook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hook
    finally:
        hook.freed.set()
        server.shutdown()
        server.server_close()


@contextmanager
def mail_server() -> Iterator[tuple[str, list[Message]]]:
    """Apprise's address of it, and the mails that it got."""
    mails: list[Message] = []

    class Keep:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            mails.append(email.message_from_bytes(envelope.content))
            return "250 OK"

    class AtAFreePort(Controller):
        def _trigger_server(self) -> None:
            server: Any = self.server
            self.port = server.sockets[0].getsockname()[1]
            super()._trigger_server()  # type: ignore[no-untyped-call]

    controller = AtAFreePort(Keep(), hostname="127.0.0.1", port=0, ready_timeout=60)
    controller.start()
    port = controller.port
    try:
        yield f"mailto://127.0.0.1:{port}?from=me@example.org&to=you@example.org", mails
    finally:
        controller.stop()
