"""Which of a metric's points the route ``series`` shows: the latest, or an overview of a range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tb_trainmon.core.columns import Stretch
from tb_trainmon.core.errors import BadParameter
from tb_trainmon.routes import messages
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.news import MOST_POINTS
from tb_trainmon.routes.parameters import Parameters, Smoothing
from tb_trainmon.series.axes import AXES, Axis, Range, Timing, stretches
from tb_trainmon.series.crop import latest, size_of, thinned
from tb_trainmon.tasks.judged.attempt_views import AttemptView
from tb_trainmon.tasks.opened.open_task import OpenTask

View = Literal["latest", "all"]
VIEWS: tuple[View, ...] = ("latest", "all")
WINDOW_PARAMETERS = ("view", "limit", "axis", "x_min", "x_max")


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``limit`` points a series; of the view "all", those in ``range_`` on ``axis``."""

    view: View
    limit: int
    axis: Axis
    range_: Range

    def shown(self, opened: OpenTask, name: str, smoothing: Smoothing) -> Message:
        """The points of a metric that lie in the window, smoothed as parts of the whole."""
        grown = opened.series(name)
        points = grown.points
        at: Stretch
        if self.view == "latest":
            at = latest(len(points), self.limit)
            inside, shown = len(points), points[at]
        else:
            parts = stretches(points, self.axis, self.range_, _timings(opened))
            at = thinned(points.points.values, parts, self.limit)
            inside, shown = sum(map(size_of, parts)), points.take(at)
        smooth = grown.smoothed(smoothing.ema, smoothing.ma, at)
        message = messages.series(opened.metric(name), shown, smooth, len(grown))
        return {**message, "cropped_points": inside - len(shown)}


def window_of(asked: Parameters) -> Window:
    """The window in the parameters WINDOW_PARAMETERS. Raises BadParameter."""
    view = asked.choice("view", VIEWS, "latest")
    axis = asked.choice("axis", AXES, "accumulated")
    limit = asked.integer("limit", 1, MOST_POINTS, MOST_POINTS)
    low, high = asked.number("x_min"), asked.number("x_max")
    if low is not None and high is not None and low > high:
        raise BadParameter(f"Parameter 'x_min' is {low:.15g}; allowed is up to x_max, {high:.15g}.")
    if view == "latest" and (low is not None or high is not None):
        raise BadParameter("Parameters 'x_min' and 'x_max' are allowed with view=all only.")
    assert limit is not None
    return Window(view, limit, axis, Range(low, high))


def _timings(opened: OpenTask) -> dict[int, Timing]:
    timings = {view.number: _timing(view) for view in opened.assessment.attempts}
    return {number: timing for number, timing in timings.items() if timing is not None}


def _timing(attempt: AttemptView) -> Timing | None:
    if attempt.first_at is None or attempt.active_start is None:
        return None
    return Timing(attempt.first_at, attempt.active_start)
