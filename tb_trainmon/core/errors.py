"""Every error that TrainMon raises on purpose, and the HTTP status it maps to.

    TrainMonError
    ├── RequestError              the question cannot be answered as asked
    │   ├── BadParameter          400  a parameter is missing, malformed or out of bounds
    │   ├── FormatUnavailable     400  a format needs a package that is not installed
    │   ├── UnknownTask           404  no task has this id
    │   ├── UnknownMetric         404  the task has no such metric
    │   └── TooManyStreams        503  as many streams are open as may be; polling still works
    ├── DatabaseUnreadable        the companion database cannot be read; the event files still can
    └── ConfigUnreadable          ``trainmon.toml`` cannot be used; the defaults still can

A ``RequestError`` becomes the answer ``{"error": {"code", "message"}}``. The others never reach a
response as failures: whoever reads the source turns them into a ``Problem`` and goes on.
"""

from __future__ import annotations

from tb_trainmon.core.plain_text import excerpt


class TrainMonError(Exception):
    """Base of all errors raised by TrainMon; its text is a sentence for the person who reads it."""


class RequestError(TrainMonError):
    """A request that cannot be answered as asked; ``code`` is stable, for programs."""

    status = 400
    code = "bad_request"


class BadParameter(RequestError):
    """A query parameter is missing, malformed or out of bounds; the text says which and how."""

    code = "bad_parameter"


class FormatUnavailable(RequestError):
    """The format that was asked for needs a package; the text says which and how to get it."""

    code = "format_unavailable"


class UnknownTask(RequestError):
    """No task of the log directory has this id, and not just one has this name."""

    status = 404
    code = "unknown_task"

    def __init__(self, task_id: str) -> None:
        super().__init__(
            f"There is no task {excerpt(task_id)!r} here. It may have been renamed or removed, "
            "or the link belongs to another log directory."
        )


class UnknownMetric(RequestError):
    """The task has no metric of this name."""

    status = 404
    code = "unknown_metric"

    def __init__(self, task_id: str, metric: str) -> None:
        super().__init__(
            f"Task {excerpt(task_id)!r} has no metric {excerpt(metric)!r}. The route 'task' lists "
            "those it has."
        )


class TooManyStreams(RequestError):
    """As many streams are open as may be."""

    status = 503
    code = "too_many_streams"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"All {most} streams are taken. The route 'points' answers the same by polling."
        )


class DatabaseUnreadable(TrainMonError):
    """The companion database is missing, corrupt, locked or of an unknown schema."""


class ConfigUnreadable(TrainMonError):
    """``trainmon.toml`` is not valid, or names something that TrainMon does not know."""
