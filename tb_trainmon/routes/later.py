"""The routes that the first list does not wait for, and all that they import."""

from __future__ import annotations

from collections.abc import Callable

from tb_trainmon.live.watcher import Watcher
from tb_trainmon.routes import endpoints
from tb_trainmon.routes.answers import Handler
from tb_trainmon.routes.export import export
from tb_trainmon.routes.exposition import Exposition
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import MultiMapping
from tb_trainmon.routes.stream import Stream
from tb_trainmon.tasks.service import Tasks


def handlers(service: Tasks, watcher: Watcher | None) -> dict[str, Handler]:
    """By path, those of ``applications.LATER``; ``watcher`` feeds the streams."""

    def data(endpoint: Callable[[Tasks, MultiMapping], Message]) -> Handler:
        return lambda request: endpoint(service, request.args)

    return {
        "/task": data(endpoints.task),
        "/series": data(endpoints.series),
        "/points": data(endpoints.points),
        "/logs": data(endpoints.logs),
        "/marks": data(endpoints.marks),
        "/guide": data(endpoints.guide),
        "/expected": data(endpoints.expected),
        "/metrics": Exposition(service),
        "/export": lambda request: export(service, request.args),
        "/stream": Stream(service, watcher or Watcher(service)),
    }
