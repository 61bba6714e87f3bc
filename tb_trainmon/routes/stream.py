"""The route ``stream``: what ``points`` answers, as server-sent events while it happens."""

from __future__ import annotations

from collections.abc import Iterator

from werkzeug.wrappers import Request, Response

from tb_trainmon.live.viewer import Viewer
from tb_trainmon.live.watcher import Watcher
from tb_trainmon.routes.news import NEWS_PARAMETERS, NewsQuestion, known_metrics, news_question
from tb_trainmon.routes.parameters import Parameters
from tb_trainmon.routes.server_sent import COMMENT, OPENING
from tb_trainmon.tasks.service import Tasks

COMMENT_EVERY = 15.0  # seconds of silence
_HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "X-Accel-Buffering": "no",  # or nginx would keep events until it has a page full of them
}


class Stream:
    """Answers with a stream that lasts while its reader listens, as long as the watcher lets it."""

    def __init__(self, service: Tasks, watcher: Watcher) -> None:
        self._service = service
        self._watcher = watcher

    def __call__(self, request: Request) -> Response:
        """The stream. Raises BadParameter, UnknownTask, UnknownMetric or TooManyStreams."""
        asked = Parameters(request.args, (*NEWS_PARAMETERS, "cursor", "client"))
        question = news_question(asked)
        # What a browser repeats when it comes back is newer than what the address says.
        cursor = request.headers.get("Last-Event-ID") or asked.optional("cursor")
        client = asked.name("client")
        self._check(question)
        if request.method == "HEAD":
            return _response(iter(()))
        viewer = self._watcher.join(question, cursor, client)
        response = _response(_told(viewer))
        response.call_on_close(lambda: self._watcher.leave(viewer))
        return response

    def _check(self, question: NewsQuestion) -> None:
        with self._service.opened(question.task) as opened:
            known_metrics(opened, question.metrics)


def _response(body: Iterator[bytes]) -> Response:
    return Response(body, content_type="text/event-stream", headers=_HEADERS)


def _told(viewer: Viewer) -> Iterator[bytes]:
    yield OPENING
    is_over = False
    while not is_over:
        parcel = viewer.take(COMMENT_EVERY)
        yield parcel.content if parcel and parcel.content else COMMENT
        is_over = parcel is not None and parcel.last
