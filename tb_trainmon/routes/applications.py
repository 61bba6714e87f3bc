"""WSGI applications by path, as TensorBoard wants them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from tb_trainmon.routes import listing
from tb_trainmon.routes.answers import Handler, WsgiApp, answering, as_json
from tb_trainmon.routes.static import ENTRY, StaticFiles
from tb_trainmon.tasks.service import Tasks

if TYPE_CHECKING:
    from tb_trainmon.live.watcher import Watcher

_PREFIX = "/plugin/trainmon/"

#: What ``later.handlers`` answers.
LATER = (
    "/task",
    "/series",
    "/points",
    "/logs",
    "/marks",
    "/guide",
    "/expected",
    "/metrics",
    "/export",
    "/stream",
)

_log = logging.getLogger(__name__)


def applications(
    service: Tasks, static: StaticFiles, watcher: Watcher | None = None
) -> dict[str, WsgiApp]:
    """The data routes, and the files of the front end below everything else.

    ``watcher`` feeds the streams: by default one of their own.
    """
    later = _Later(service, watcher)

    def listed(request: Request) -> Response:
        response = as_json(request, listing.tasks(service, request.args))
        response.call_on_close(later.prepare)
        return response

    return {
        "/tasks": answering(listed),
        "/sparklines": answering(lambda request: listing.sparklines(service, request.args)),
        **{path: answering(partial(later.answer, path)) for path in LATER},
        # Where the base of TensorBoard's page is heeded: the plugin's path below the plugin's own.
        f"{_PREFIX}{ENTRY}": answering(lambda request: static(request, ENTRY)),
        "/*": answering(lambda request: static(request, request.path.partition(_PREFIX)[2])),
    }


class _Later:
    """Handlers whose modules are imported once the first list has been answered.

    They take as long to import as a list of a hundred tasks takes to make.
    """

    def __init__(self, service: Tasks, watcher: Watcher | None) -> None:
        self._service = service
        self._watcher = watcher
        self._lock = threading.Lock()
        self._made: Mapping[str, Handler] | None = None
        self._is_prepared = False

    def answer(self, path: str, request: Request) -> object:
        """What the handler of ``path`` returns: whoever asks before it is there waits for it."""
        return self._handlers()[path](request)

    def prepare(self) -> None:
        """Have them at hand when somebody asks: nobody waits for it."""
        if not self._is_prepared:
            self._is_prepared = True
            threading.Thread(target=self._try, name="TrainMon imports", daemon=True).start()

    def _try(self) -> None:
        try:
            self._handlers()
        except Exception:  # noqa: BLE001  whoever asks for one is answered that it failed
            _log.debug("TrainMon could not import its other routes.", exc_info=True)

    def _handlers(self) -> Mapping[str, Handler]:
        with self._lock:
            if self._made is None:
                # Late: this is what the first list does not wait for.
                from tb_trainmon.routes.later import handlers  # noqa: PLC0415

                self._made = handlers(self._service, self._watcher)
            return self._made
