"""Bytes of an answer: JSON by orjson, gzip where the request allows it, errors in one shape."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from tb_trainmon.core.errors import RequestError
from tb_trainmon.routes.json_bytes import dumped

_SMALLEST_GZIP = 1024  # bytes; below, the header and the time are worth more than what is saved
_GZIP_LEVEL = 1
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
    return as_bytes(request, dumped(value), "application/json", status)


def as_bytes(request: Request, body: bytes, content_type: str, status: int = 200) -> Response:
    """``body`` as a response, compressed if that is allowed and worth it."""
    response = Response(body, status=status, content_type=content_type, headers=_HEADERS)
    response.headers["Vary"] = "Accept-Encoding"
    if len(body) >= _SMALLEST_GZIP and request.accept_encodings["gzip"] > 0:
        # mtime 0: the same answer is the same bytes.
        response.set_data(gzip.compress(body, _GZIP_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _error(request: Request, status: int, code: str, message: str) -> Response:
    return as_json(request, {"error": {"code": code, "message": message}}, status)
