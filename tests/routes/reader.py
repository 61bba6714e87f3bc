"""A tab that follows one task: opens it, polls, and puts together what it is told."""

from __future__ import annotations

from typing import Any

from tests.routes import shapes
from tests.routes.site import Site

_COLUMNS = ("x", "step", "wall_time", "value", "smoothed", "attempt")


class Reader:
    """Does what docs/http_api.md says, and checks each message as it comes."""

    def __init__(self, site: Site, task: str, **asked: Any) -> None:
        self._site = site
        self._name = task
        self._asked = asked
        self.resets: list[str] = []
        self.open()

    def open(self) -> None:
        """Ask for everything, as at the beginning and after a reset."""
        answer = self._site.get("series", task=self._name, **self._asked)
        self.cursor: str = answer["cursor"]
        self.revision: int = answer["revision"]
        self.series: dict[str, Any] = answer["series"]
        self.task = self._site.get("task", task=self._name)
        logs = self._site.get("logs", task=self._name, limit=1000)
        self.rows = {row["id"]: row for row in reversed(logs["logs"])}

    def poll(self) -> list[str]:
        """Take over what came since; the types of the messages."""
        asked = {**self._asked, "task": self._name, "cursor": self.cursor}
        answer = self._site.get("points", **asked)
        shapes.check(answer, shapes.POINTS)
        self.cursor = answer["cursor"]
        for message in answer["messages"]:
            shapes.check(message, shapes.MESSAGES[message["type"]], message["type"])
            self._take(message)
        return [message["type"] for message in answer["messages"]]

    def _take(self, message: Any) -> None:
        if message["type"] == "task":
            self.task = message["task"]
        elif message["type"] == "points":
            assert message["revision"] > self.revision
            self.revision = message["revision"]
            for name, delta in message["series"].items():
                self._append(name, delta)
        elif message["type"] == "logs":
            self.rows |= {row["id"]: row for row in message["logs"]}
            assert len(self.rows) == message["total"]
        else:
            self.resets.append(message["reason"])
            self.open()

    def _append(self, name: str, delta: Any) -> None:
        shapes.check_columns(delta, name)
        assert delta["x"], "a metric without news has no place in the message"
        known = self.series.setdefault(name, _nothing(delta))
        there = len(known["x"])
        assert known["x"] == [] or known["x"][-1] <= delta["x"][0]
        for column in _COLUMNS:
            known[column] += delta[column]
        known["non_finite"] += [[at + there, what] for at, what in delta["non_finite"]]
        known["total_points"] = delta["total_points"]
        assert known["total_points"] == len(known["x"]) + known["cropped_points"]


def _nothing(delta: Any) -> dict[str, Any]:
    empty: dict[str, list[Any]] = {column: [] for column in (*_COLUMNS, "non_finite")}
    return {"run": delta["run"], "tag": delta["tag"], "cropped_points": 0, **empty}
