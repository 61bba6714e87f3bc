"""What came since a cursor: one code for whoever polls and whoever streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tb_trainmon.core.errors import UnknownMetric
from tb_trainmon.insights.door import insights_of
from tb_trainmon.live.parcel import Parcel
from tb_trainmon.routes import messages
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import Parameters, Smoothing
from tb_trainmon.routes.server_sent import events
from tb_trainmon.tasks.opened.marks import Mark
from tb_trainmon.tasks.opened.open_task import OpenTask

MOST_POINTS = 4000
_MOST_ROWS = 1000
NEWS_PARAMETERS = ("task", "metric", "ema", "ma", "total_steps")


@dataclass(frozen=True, slots=True)
class NewsQuestion:
    """What somebody follows of a task. Viewers with equal questions share their answers."""

    task: str
    metrics: tuple[str, ...]
    smoothing: Smoothing
    typed_total: int | None

    def messages(self, opened: OpenTask, cursor: str | None) -> list[Message]:
        """What came since ``cursor``. Raises UnknownMetric."""
        mark = opened.since(cursor)
        if mark is None:
            return [_reset(opened.reset_reason if cursor else "Nothing was known.")]
        names = known_metrics(opened, self.metrics)
        if opened.revision == mark.revision:
            return []
        log = opened.log()
        if log.shrunk_at > mark.revision:
            return [_reset("Rows of the training log have gone.")]
        if any(len(opened.series(name)) - mark.points(name) > MOST_POINTS for name in names):
            return [_reset(f"More than {MOST_POINTS:,} points came.")]
        if log.news(mark.revision) > _MOST_ROWS:
            return [_reset(f"More than {_MOST_ROWS:,} rows came.")]
        rows, total = log.since(mark.revision)
        news = [self._task(opened), *self._points(opened, mark, names)]
        if rows:
            news.append({"type": "logs", "logs": messages.entries(rows), "total": total})
        return news

    def parcel(self, opened: OpenTask, cursor: str | None) -> Parcel:
        """The same as server-sent events."""
        return Parcel(opened.cursor, events(self.messages(opened, cursor), opened.cursor))

    def reset(self, cursor: str, reason: str, *, last: bool = False) -> Parcel:
        """A ``reset`` as a server-sent event."""
        return Parcel(cursor, events([_reset(reason)], cursor), last)

    def _task(self, opened: OpenTask) -> Message:
        judged = opened.judged(self.typed_total)
        return {"type": "task", "task": messages.whole(opened, judged, insights_of(opened))}

    def _points(self, opened: OpenTask, mark: Mark, names: Sequence[str]) -> list[Message]:
        series = {}
        for name in names:
            known = mark.points(name)
            if len(opened.series(name)) > known:
                series[name] = self._grown(opened, name, known)
        if not series:
            return []
        return [{"type": "points", "revision": opened.revision, "series": series}]

    def _grown(self, opened: OpenTask, name: str, known: int) -> Message:
        grown = opened.series(name)
        new = slice(known, len(grown))
        smoothed = grown.smoothed(self.smoothing.ema, self.smoothing.ma, new)
        return messages.series(opened.metric(name), grown.points[new], smoothed, len(grown))


def news_question(asked: Parameters) -> NewsQuestion:
    """The question in the parameters NEWS_PARAMETERS. Raises BadParameter."""
    smoothing, typed, names = asked.smoothing(), asked.typed_total(), asked.metrics()
    return NewsQuestion(asked.required("task"), tuple(names), smoothing, typed)


def known_metrics(opened: OpenTask, names: Sequence[str]) -> list[str]:
    """The metrics asked for, all if none are. Raises UnknownMetric."""
    for name in names:
        if not opened.has(name):
            raise UnknownMetric(opened.assessment.layout.id, name)
    return list(names) or [metric.name for metric in opened.assessment.metrics]


def _reset(reason: str) -> Message:
    return {"type": "reset", "reason": reason}
