"""The built front end. Only files that lie in the folder ``static/`` are served."""

from __future__ import annotations

from pathlib import Path

from werkzeug.security import safe_join
from werkzeug.wrappers import Request, Response

from tb_trainmon.core.plain_text import excerpt
from tb_trainmon.routes.answers import as_bytes, as_json

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".map": "application/json",
    ".woff2": "font/woff2",
}
ENTRY = "index.js"
_NOT_BUILT = b"""export function render() {
  document.body.textContent =
    'TrainMon was installed without its front end. In its source folder, run: make build';
}
"""


class StaticFiles:
    """Answers with a file of ``folder``, or with the JSON error 404."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, request: Request, name: str) -> Response:
        """The file ``name``, a path relative to the folder."""
        kind = _TYPES.get(Path(name).suffix)
        body = self._read(name) if kind else None
        if body is None and name == ENTRY:
            body = _NOT_BUILT
        if body is None or kind is None:
            message = f"There is nothing at {excerpt(name)!r}."
            error = {"error": {"code": "unknown_route", "message": message}}
            return as_json(request, error, 404)
        return _kept(request, body, kind)

    def _read(self, name: str) -> bytes | None:
        path = safe_join(str(self._folder), name)
        try:
            if path is None or not Path(path).resolve().is_relative_to(self._folder.resolve()):
                return None
            return Path(path).read_bytes()
        except (OSError, ValueError):  # ValueError: no file can have this name
            return None


def _kept(request: Request, body: bytes, kind: str) -> Response:
    """Kept by the browser but asked about each time: an upgrade must not leave the old one."""
    response = as_bytes(request, body, kind)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)
