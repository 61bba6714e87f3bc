"""``metrics``: the tasks for Prometheus, in its text format or as OpenMetrics.

https://prometheus.io/docs/instrumenting/exposition_formats/. Of live tasks and of those whose last
event is younger than a day, and of so many at most: a scrape's cost and the number of its series
are bounded however many tasks there are.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from tb_trainmon.routes import listing
from tb_trainmon.routes.answers import as_bytes
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import Parameters, Query
from tb_trainmon.tasks.judged.status.verdict import STATUSES
from tb_trainmon.tasks.service import Tasks

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

MOST_TASKS = 1000
_USUAL_TASKS = 200
_RECENT = 24 * 3600.0  # seconds since the last event of a task that has ended
_LONGEST_NAME = 200  # characters of a task's id
_SEVERITIES = ("error", "warning", "info")
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Exposition:
    """Answers a scrape."""

    def __init__(self, service: Tasks, clock: Callable[[], float] = time.time) -> None:
        self._service = service
        self._clock = clock

    def __call__(self, request: Request) -> Response:
        """The text. ``limit`` is how many tasks it has at most. Raises BadParameter."""
        # Late: nobody but a scraper needs it.
        from prometheus_client import CollectorRegistry  # noqa: PLC0415
        from prometheus_client.exposition import choose_encoder  # noqa: PLC0415

        asked = Parameters(request.args, ("limit",))
        limit = asked.integer("limit", 1, MOST_TASKS, _USUAL_TASKS)
        assert limit is not None
        answer = listing.tasks(self._service, Query())
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Families(answer, self._clock(), limit))
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return as_bytes(request, encode(registry), content_type)


class _Families:
    """The metric families of one list of tasks; a collector of ``prometheus_client``."""

    def __init__(self, answer: Message, now: float, limit: int) -> None:
        self._answer = answer
        recent = [task for task in answer["tasks"] if _is_recent(task, now)]
        self._tasks, self._left_out = recent[:limit], len(recent) - len(recent[:limit])

    def collect(self) -> Iterator[Metric]:
        """All families."""
        yield from self._of_all()
        for name, help_, value in _OF_A_TASK:
            yield _gauge(name, help_, ("task",), _readings(self._tasks, value))
        yield _statuses(self._tasks)
        yield _etas(self._tasks)
        yield _leads(self._tasks)
        yield _insights(self._tasks, self._answer["insights"])

    def _of_all(self) -> Iterator[Metric]:
        counts = Counter(task["status"] for task in self._answer["tasks"])
        by_status = (((status,), counts[status]) for status in STATUSES)
        yield _gauge(
            "trainmon_tasks", "Tasks of each status, old ones too.", ("status",), by_status
        )
        left_out = "Live and recent tasks that this answer leaves out; raise its 'limit' for them."
        yield _gauge("trainmon_tasks_left_out", left_out, (), [((), self._left_out)])
        problems = "What cannot be read of the log directory, as sentences in the tab."
        yield _gauge("trainmon_problems", problems, (), [((), len(self._answer["problems"]))])


Reading = Callable[[Message], float | None]
Readings = Iterable[tuple[tuple[str, ...], float]]

_OF_A_TASK: tuple[tuple[str, str, Reading], ...] = (
    ("trainmon_task_step", "The current step.", lambda task: task["step"]),
    ("trainmon_task_total_steps", "Steps in all, where known.", lambda task: task["total_steps"]),
    ("trainmon_task_progress_ratio", "Share that is done.", lambda task: task["progress"]),
    ("trainmon_task_attempts", "Attempts so far.", lambda task: task["attempts"]),
    (
        "trainmon_task_last_event_timestamp_seconds",
        "When the last event was logged; its age is time() minus this.",
        lambda task: task["last_event_at"],
    ),
    (
        "trainmon_task_finish_timestamp_seconds",
        "When a running task will be done, as far as that can be told.",
        lambda task: None if task["eta"] is None else task["eta"]["finish_at"],
    ),
)


def _is_recent(task: Message, now: float) -> bool:
    return task["mode"] == "live" or (task["last_event_at"] or 0.0) > now - _RECENT


def _readings(tasks: Iterable[Message], value: Reading) -> Readings:
    for task in tasks:
        found = value(task)
        if found is not None:
            yield (_label(task),), found


def _statuses(tasks: Iterable[Message]) -> Metric:
    readings = (
        ((_label(task), status), float(task["status"] == status))
        for task in tasks
        for status in STATUSES
    )
    return _gauge(
        "trainmon_task_status", "1 of the task's status, else 0.", ("task", "status"), readings
    )


def _etas(tasks: Iterable[Message]) -> Metric:
    readings = (
        ((_label(task), bound), task["eta"][key])
        for task in tasks
        if task["eta"] is not None
        for bound, key in (("low", "low_s"), ("high", "high_s"))
    )
    help_ = "Seconds that are left of a running task: the bounds of the range."
    return _gauge("trainmon_task_eta_seconds", help_, ("task", "bound"), readings)


def _leads(tasks: Iterable[Message]) -> Metric:
    def readings() -> Readings:
        for task in tasks:
            for metric, value in _leading(task).items():
                yield (_label(task), metric), value

    help_ = "The latest value of the metric by which the task is judged."
    return _gauge("trainmon_task_metric", help_, ("task", "metric"), readings())


def _leading(task: Message) -> Mapping[str, float]:
    given: dict[str, Any] = {"loss": task["loss"]}
    if task.get("lead_metric"):
        given[task["lead_metric"]] = task.get("lead_value")
    known = {name: _NOT_FINITE.get(value, value) for name, value in given.items()}
    return {name: value for name, value in known.items() if value is not None}


def _insights(tasks: Iterable[Message], counts: Mapping[str, Mapping[str, int]]) -> Metric:
    readings = (
        ((_label(task), severity), counts[task["id"]][severity])
        for task in tasks
        if task["id"] in counts
        for severity in _SEVERITIES
    )

    help_ = "Open insights by severity, of tasks that were looked through."
    return _gauge("trainmon_task_insights", help_, ("task", "severity"), readings)


def _gauge(name: str, help_: str, labels: tuple[str, ...], readings: Readings) -> Metric:
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

    family = GaugeMetricFamily(name, help_, labels=labels)
    for values, reading in readings:
        family.add_metric(values, reading)
    return family


def _label(task: Message) -> str:
    # Names of folders may hold what is no text; Prometheus takes UTF-8 alone.
    shown = str(task["id"]).encode("utf-8", "backslashreplace").decode()
    if len(shown) <= _LONGEST_NAME:
        return shown
    # Two long names may begin alike, and no two series may be called alike.
    mark = hashlib.blake2b(shown.encode(), digest_size=4).hexdigest()
    return f"{shown[: _LONGEST_NAME - 10]}…{mark}"
