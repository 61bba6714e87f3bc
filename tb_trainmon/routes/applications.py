"""WSGI applications by path, as TensorBoard wants them."""

from __future__ import annotations

from collections.abc import Callable

from tb_trainmon.live.watcher import Watcher
from tb_trainmon.routes import endpoints
from tb_trainmon.routes.answers import WsgiApp, answering
from tb_trainmon.routes.export import export
from tb_trainmon.routes.exposition import Exposition
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import MultiMapping
from tb_trainmon.routes.static import ENTRY, StaticFiles
from tb_trainmon.routes.stream import Stream
from tb_trainmon.tasks.service import Tasks

_PREFIX = "/plugin/trainmon/"

Endpoint = Callable[[Tasks, MultiMapping], Message]


def applications(
    service: Tasks, static: StaticFiles, watcher: Watcher | None = None
) -> dict[str, WsgiApp]:
    """The data routes, and the files of the front end below everything else.

    ``watcher`` feeds the streams: by default one of their own.
    """
    found: dict[str, Endpoint] = {
        "/tasks": endpoints.tasks,
        "/task": endpoints.task,
        "/series": endpoints.series,
        "/points": endpoints.points,
        "/logs": endpoints.logs,
        "/marks": endpoints.marks,
        "/sparklines": endpoints.sparklines,
        "/guide": endpoints.guide,
        "/expected": endpoints.expected,
    }
    return {
        **{path: _data(service, endpoint) for path, endpoint in found.items()},
        "/metrics": answering(Exposition(service)),
        "/export": answering(lambda request: export(service, request.args)),
        "/stream": answering(Stream(service, watcher or Watcher(service))),
        # Where the base of TensorBoard's page is heeded: the plugin's path below the plugin's own.
        f"{_PREFIX}{ENTRY}": answering(lambda request: static(request, ENTRY)),
        "/*": _files(static),
    }


def _data(service: Tasks, endpoint: Endpoint) -> WsgiApp:
    return answering(lambda request: endpoint(service, request.args))


def _files(static: StaticFiles) -> WsgiApp:
    return answering(lambda request: static(request, request.path.partition(_PREFIX)[2]))
