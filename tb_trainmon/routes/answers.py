"""Bytes of an answer: JSON by orjson, gzip where the request allows it, errors in one shape."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from werkzeug.wrappers import Request, Response

from tb_trainmon.core.errors import RequestError
from tb_trainmon.routes.json_bytes import pieces

_SMALLEST_GZIP = 1024  # bytes; below, the header and the time are worth more than what is saved
_GZIP_LEVEL = 1
_GZIP = 31  # zlib's way to say: with the header of gzip, and the largest window
_METHODS = ("GET", "HEAD")
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Handler = Callable[[Request], object]

_log = logging.getLogger(__name__)


def answering(handler: Handler) -> WsgiApp:
    """A WSGI application that answers with what ``handler`` returns, as JSON if it is no response.

    Whatever goes wrong becomes an answer: an error of ours must not cost TensorBoard a thread or
    the reader a blank page.
    """

    @Request.application
    def application(request: Request) -> Response:
        if request.method not in _METHODS:
            refusal = _error(request, 405, "method_not_allowed", "Only GET is answered here.")
            refusal.headers["Allow"] = ", ".join(_METHODS)
            return refusal
        try:
            found = handler(request)
            return found if isinstance(found, Response) else as_json(request, found)
        except RequestError as error:
            return _error(request, error.status, error.code, str(error))
        except Exception:  # noqa: BLE001  a defect of ours is one failed answer, no more
            _log.exception("TrainMon failed to answer %s", request.path)
            return _error(
                request, 500, "internal", "TrainMon failed here; see TensorBoard's output."
            )

    return application


def as_json(request: Request, value: object, status: int = 200) -> Response:
    """``value`` (NumPy arrays allowed; not finite numbers become null) as a response."""
    return _answer(request, pieces(value), "application/json", status)


def as_bytes(request: Request, body: bytes, content_type: str) -> Response:
    """``body`` as a response, compressed if that is allowed and worth it."""
    return _answer(request, iter((body,)), content_type, 200)


def _answer(request: Request, body: Iterator[bytes], content_type: str, status: int) -> Response:
    """The pieces of ``body`` as a response. Of a large one, the whole is there compressed alone."""
    response = Response(status=status, content_type=content_type, headers=_HEADERS)
    response.headers["Vary"] = "Accept-Encoding"
    head = bytearray()
    while len(head) < _SMALLEST_GZIP and (piece := next(body, None)) is not None:
        head += piece
    if len(head) >= _SMALLEST_GZIP and request.accept_encodings["gzip"] > 0:
        response.set_data(_compressed(head, body))
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(b"".join((head, *body)))
    return response


def _compressed(head: bytes | bytearray, rest: Iterable[bytes]) -> bytes:
    # Without the time of now: the same answer is the same bytes.
    gzip = zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP)
    found = bytearray(gzip.compress(head))
    for piece in rest:
        found += gzip.compress(piece)
    found += gzip.flush()
    return bytes(found)


def _error(request: Request, status: int, code: str, message: str) -> Response:
    return as_json(request, {"error": {"code": code, "message": message}}, status)
