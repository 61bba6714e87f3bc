"""A reverse proxy that can be told to misbehave as real ones do."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

#: What it does to streams: lets them through, refuses them, or takes all and gives nothing.
Streams = Literal["pass", "refuse", "hold"]


class Proxy:
    """Stands before a TensorBoard, whose address may change."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.streams: Streams = "pass"
        #: Answers everything with 502, as for an upstream that is down.
        self.is_down = False
        self.streams_opened = 0
        self._open: set[socket.socket] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Its own address, which ends with a slash."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    @property
    def open_streams(self) -> int:
        """How many go through it now."""
        return len(self._open)

    def cut(self) -> None:
        """End every stream in the middle of whatever it is at."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Pass one request on, or do not."""
        if "/stream?" not in request.path:
            self._forward(request)
            return
        self.streams_opened += 1
        if self.streams == "refuse":
            request.send_error(502)
            return
        with self._lock:
            self._open.add(request.connection)
        try:
            self._forward(request)
        finally:
            with self._lock:
                self._open.discard(request.connection)

    def _forward(self, request: BaseHTTPRequestHandler) -> None:
        if self.is_down:
            request.send_error(502)
            return
        upstream = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=60)
        try:
            names = ("Accept", "Content-Type", "Last-Event-ID", "If-None-Match")
            headers = {name: request.headers[name] for name in names if name in request.headers}
            body = request.rfile.read(int(request.headers.get("Content-Length", 0))) or None
            upstream.request(request.command, request.path, body, headers)
            answer = upstream.getresponse()
        except OSError:
            request.send_error(502)
            return
        with suppress(OSError, http.client.HTTPException):
            _copy(answer, request, held=self.streams == "hold" and "/stream?" in request.path)
        upstream.close()

    @contextmanager
    def serving(self) -> Iterator[Proxy]:
        """Serve for the time of the ``with`` block."""
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.cut()
            self._server.shutdown()
            self._server.server_close()


def _copy(answer: http.client.HTTPResponse, request: BaseHTTPRequestHandler, *, held: bool) -> None:
    taken = bytearray()
    if held:  # until it ends, which a stream does not
        while part := answer.read1():
            taken += part
    request.send_response(answer.status)
    for name, value in answer.getheaders():
        if name.lower() not in {"transfer-encoding", "connection", "server", "date"}:
            request.send_header(name, value)
    request.end_headers()
    while part := answer.read1():
        request.wfile.write(part)
        request.wfile.flush()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            proxy.answer(self)

        def do_POST(self) -> None:
            proxy.answer(self)

        def do_HEAD(self) -> None:
            proxy.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
