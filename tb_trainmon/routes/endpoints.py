"""The routes of one task: parameters in, a message out. None of them writes anything.

They raise RequestError, with a sentence for whoever asked, where there is no answer.
"""

from __future__ import annotations

from dataclasses import asdict

from tb_trainmon.core.errors import BadParameter
from tb_trainmon.insights.door import expected_of, insights_of
from tb_trainmon.routes import messages
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.news import NEWS_PARAMETERS, known_metrics, news_question
from tb_trainmon.routes.parameters import MOST_METRICS, MultiMapping, Parameters
from tb_trainmon.routes.window import WINDOW_PARAMETERS, window_of
from tb_trainmon.tasks.metric_guide import guide as explanations
from tb_trainmon.tasks.opened.milestones import milestones_of
from tb_trainmon.tasks.opened.open_task import OpenTask
from tb_trainmon.tasks.service import Tasks
from tb_trainmon.training_logs.rows import TYPES

MOST_ROWS = 1000


def task(service: Tasks, args: MultiMapping) -> Message:
    """One task with its metrics and attempts."""
    asked = Parameters(args, ("task", "total_steps"))
    typed = asked.typed_total()
    with service.opened(asked.required("task")) as opened:
        return messages.whole(opened, opened.judged(typed), insights_of(opened))


def series(service: Tasks, args: MultiMapping) -> Message:
    """Points of metrics, smoothed and cropped."""
    asked = Parameters(args, ("task", "metric", "leading", "ema", "ma", *WINDOW_PARAMETERS))
    smoothing, names, window = asked.smoothing(), asked.metrics(), window_of(asked)
    leading = asked.integer("leading", 1, MOST_METRICS, None)
    if names and leading is not None:
        raise BadParameter("Parameters 'metric' and 'leading' exclude each other.")
    with service.opened(asked.required("task")) as opened:
        return {
            "task": opened.assessment.layout.id,
            "revision": opened.revision,
            "cursor": opened.cursor,
            "attempts": messages.attempts(opened.assessment),
            "series": {
                name: window.shown(opened, name, smoothing)
                for name in known_metrics(opened, names)[:leading]
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
        "unsearched": page.unsearched,
        "goes_on": page.goes_on,
        "source": page.source,
    }


def marks(service: Tasks, args: MultiMapping) -> Message:
    """Evaluations, checkpoints and learning-rate changes, by their place on the charts' axis."""
    asked = Parameters(args, ("task",))
    with service.opened(asked.required("task")) as opened:
        return _of(opened, messages.milestones(opened.once(milestones_of)))


def expected(service: Tasks, args: MultiMapping) -> Message:
    """The final loss that is to be expected: an extrapolation, made when it is asked for."""
    asked = Parameters(args, ("task",))
    with service.opened(asked.required("task")) as opened:
        return _of(opened, messages.expected(expected_of(opened)))


def guide(service: Tasks, args: MultiMapping) -> Message:  # noqa: ARG001  the same of all tasks
    """What the main charts mean."""
    Parameters(args, ())
    return {"guide": {name: asdict(explanation) for name, explanation in explanations().items()}}


def _of(opened: OpenTask, told: Message) -> Message:
    """What is told of a task, with its name and the state that it is of."""
    return {"task": opened.assessment.layout.id, "revision": opened.revision, **told}
