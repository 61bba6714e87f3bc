"""The end of a training log, and what comes behind it: from the route ``logs``, page by page."""

from __future__ import annotations

from collections import OrderedDict

from tb_trainmon.routes import endpoints
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.service import Tasks

_REMEMBERED = 10_000  # rows that may still change
_SETTLED = 20  # so many rows in a row that were given: what lies before them was given too
_PAGE = 100


class Follower:
    """Gives the rows of one task, oldest first, each once, unless a row changes.

    A row that was changed a moment later (a step gains the metric that is logged next) is given
    only when it has rested for one look; if it changes after all, it is given again.
    """

    def __init__(self, service: Tasks, task: str, types: list[str] | None) -> None:
        self._service = service
        self._task = task
        self._types = types
        self._given: OrderedDict[str, Message] = OrderedDict()
        self._resting: dict[str, Message] = {}
        self._first: str | None = None  # of those that were given; older ones were not asked for

    def last(self, limit: int) -> list[Message]:
        """The latest ``limit`` rows."""
        found: list[Message] = []
        before = None
        while len(found) < limit:
            page = self._page(min(limit - len(found), endpoints.MOST_ROWS), before)
            found += page["logs"]
            before = page["next"]
            if before is None:
                break
        rows = found[::-1]
        self._first = rows[0]["id"] if before is not None else None
        for row in rows:
            self._give(row)
        return rows

    def news(self, *, is_last_look: bool) -> list[Message]:
        """The rows that came since, and those that have changed."""
        ready, resting = [], {}
        for row in self._fresh():
            if is_last_look or self._resting.get(row["id"]) == row:
                ready.append(row)
                self._give(row)
            else:
                resting[row["id"]] = row
        self._resting = resting
        return ready

    def _fresh(self) -> list[Message]:
        """Rows that were not given as they are now; back from the newest to those that were."""
        found: list[Message] = []
        before, known = None, 0
        while True:
            page = self._page(_PAGE, before)
            for row in page["logs"]:
                if self._given.get(row["id"]) == row:
                    known += 1
                else:
                    found.append(row)
                    known = 0
                if known == _SETTLED or row["id"] == self._first:
                    return found[::-1]
            before = page["next"]
            if before is None:
                return found[::-1]

    def _page(self, limit: int, before: str | None) -> Message:
        query = Query(task=self._task, limit=limit, before=before, type=self._types)
        return endpoints.logs(self._service, query)

    def _give(self, row: Message) -> None:
        self._given[row["id"]] = row
        self._given.move_to_end(row["id"])
        while len(self._given) > _REMEMBERED:
            self._given.popitem(last=False)
