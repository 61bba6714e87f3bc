"""The routes: parameters in, a message out. None of them writes anything."""

from __future__ import annotations

from tb_trainmon.core.errors import BadParameter
from tb_trainmon.routes import messages
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.news import MOST_POINTS, NEWS_PARAMETERS, known_metrics, news_question
from tb_trainmon.routes.parameters import MultiMapping, Parameters, Smoothing
from tb_trainmon.series.crop import latest, overview, within
from tb_trainmon.tasks.opened.log_index import TYPES
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.tasks.service import Tasks

MOST_ROWS = 1000


def tasks(service: Tasks, args: MultiMapping) -> Message:
    """All tasks, newest activity first."""
    Parameters(args, ())
    listing = service.listing()
    return {
        "tasks": [messages.outline(task) for task in listing.tasks],
        "problems": messages.problems(listing.problems),
        "progress": messages.progress(listing.progress),
        "reader": listing.reader,
    }


def task(service: Tasks, args: MultiMapping) -> Message:
    """One task with its metrics and attempts."""
    asked = Parameters(args, ("task", "total_steps"))
    typed = asked.typed_total()
    with service.opened(asked.required("task")) as opened:
        return messages.whole(opened, opened.judged(typed) if typed else opened.assessment)


def series(service: Tasks, args: MultiMapping) -> Message:
    """Points of metrics, smoothed and cropped."""
    asked = Parameters(args, ("task", "metric", "view", "limit", "x_min", "x_max", "ema", "ma"))
    smoothing = asked.smoothing()
    limit = asked.integer("limit", 1, MOST_POINTS, MOST_POINTS)
    window = _window(asked)
    names = asked.metrics()
    assert limit is not None
    with service.opened(asked.required("task")) as opened:
        return {
            "task": opened.assessment.layout.id,
            "revision": opened.revision,
            "cursor": opened.cursor,
            "attempts": messages.attempts(opened.assessment),
            "series": {
                name: _shown(opened, name, smoothing, limit, window)
                for name in known_metrics(opened, names)
            },
        }


def points(service: Tasks, args: MultiMapping) -> Message:
    """What came since a cursor."""
    asked = Parameters(args, (*NEWS_PARAMETERS, "cursor"))
    question, cursor = news_question(asked), asked.optional("cursor")
    with service.opened(question.task) as opened:
        return {
            "task": opened.assessment.layout.id,
            "cursor": opened.cursor,
            "messages": question.messages(opened, cursor),
        }


def logs(service: Tasks, args: MultiMapping) -> Message:
    """Rows of the training log, newest first."""
    asked = Parameters(args, ("task", "limit", "before", "first", "type", "search"))
    limit = asked.integer("limit", 1, MOST_ROWS, 200)
    before = asked.integer("before", 0, 2**53, None)
    first = asked.integer("first", 0, 2**53, None)
    if before is not None and first is not None:
        raise BadParameter("Parameters 'before' and 'first' exclude each other.")
    types, words = asked.choices("type", TYPES), asked.words()
    assert limit is not None
    with service.opened(asked.required("task")) as opened:
        page = opened.log().page(limit, before, types, words, first)
    return {
        "logs": messages.entries(page.entries),
        "first": page.first,
        "next": None if page.next is None else str(page.next),
        "total": page.total,
        "counts": page.counts,
        "source": page.source,
    }


_Window = tuple[str, float | None, float | None]  # view, x_min, x_max


def _window(asked: Parameters) -> _Window:
    view = asked.choice("view", ("latest", "all"), "latest")
    x_min, x_max = asked.number("x_min"), asked.number("x_max")
    if x_min is not None and x_max is not None and x_min > x_max:
        raise BadParameter(f"Parameter 'x_min' is {x_min:g}; allowed is up to x_max, {x_max:g}.")
    if view == "latest" and (x_min is not None or x_max is not None):
        raise BadParameter("Parameters 'x_min' and 'x_max' are allowed with view=all only.")
    return view, x_min, x_max


def _shown(
    opened: OpenTask, name: str, smoothing: Smoothing, limit: int, window: _Window
) -> Message:
    view, x_min, x_max = window
    grown = opened.series(name)
    smoothed = grown.smoothed(smoothing.ema, smoothing.ma)
    part = within(grown.points.x, x_min, x_max)
    in_range, smooth_in_range = grown.points[part], smoothed[part]
    if view == "latest":
        newest = latest(len(in_range), limit)
        shown, smooth = in_range[newest], smooth_in_range[newest]
    else:
        kept = overview(in_range.value, limit)
        shown, smooth = in_range.take(kept), smooth_in_range[kept]
    message = messages.series(opened.metric(name), shown, smooth, len(grown))
    return {**message, "cropped_points": len(in_range) - len(shown)}
