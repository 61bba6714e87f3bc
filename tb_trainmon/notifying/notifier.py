"""Looks at all tasks again and again, and says whom to tell of what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tb_trainmon.core.errors import UnknownTask
from tb_trainmon.notifying.memory import Memory, Waiting
from tb_trainmon.notifying.news import (
    Known,
    News,
    Task,
    appeared,
    first_sight,
    is_changing,
    news_of,
)
from tb_trainmon.notifying.rules import Rule, rule_for
from tb_trainmon.routes import endpoints, listing
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.service import Tasks

_MOST_DETAILS = 20  # tasks whose insights are asked for in one look


class Notifier:
    """One watcher of the tasks of ``service``. Not for two threads at once."""

    def __init__(
        self,
        service: Tasks,
        memory: Memory,
        rules: Sequence[Rule],
        addresses: Sequence[str],
        clock: Callable[[], float],
    ) -> None:
        self._service = service
        self._memory = memory
        self._rules = rules
        self._addresses = addresses
        self._clock = clock
        self._revision: str | None = None
        self._changing = False
        self._asked: dict[str, tuple[float, float | None]] = {}

    @property
    def is_settled(self) -> bool:
        """Whether no end was seen that has to last before it is told."""
        return not self._changing

    def look(self) -> list[News]:
        """What is news since the last look; it waits in the memory for its addresses."""
        now = self._clock()
        answer = listing.tasks(self._service, Query(since=self._asked_since()))
        learnt: dict[str, Known] = {}
        news: list[News] = []
        for task in self._with_insights(answer["tasks"]):
            found, learnt[task["id"]] = self._of(task, now)
            news.extend(found)
        gone: set[str] = set()
        # A list that is being made, or of a store that is away, does not say who is gone.
        if answer["whole"] and answer["progress"] is None and not answer["problems"]:
            gone = self._memory.tasks.keys() - {task["id"] for task in answer["tasks"]}
        for task_id in gone:
            self._asked.pop(task_id, None)
        self._revision = answer["revision"] if answer["progress"] is None else None
        self._memory.learn(learnt, gone, self._waiting(news, now), now)
        self._changing = any(is_changing(known) for known in self._memory.tasks.values())
        return [one for one in news if rule_for(self._rules, one) is not None]

    def _asked_since(self) -> str | None:
        # An end that has to last is looked at again although nothing was judged anew.
        return None if self._changing else self._revision

    def _of(self, task: Task, now: float) -> tuple[list[News], Known]:
        known = self._memory.tasks.get(task["id"])
        if known is None:
            looked = self._memory.looked_at
            if looked is None or (task["last_event_at"] or 0.0) < looked:
                return [], first_sight(task)
            known = appeared(task)
        return news_of(known, task, now)

    def _waiting(self, news: Iterable[News], now: float) -> Iterator[Waiting]:
        for one in news:
            rule = rule_for(self._rules, one)
            if rule is not None:
                for address in self._addresses:
                    yield Waiting(address, one, rule.due(now))

    def _with_insights(self, tasks: Sequence[dict[str, Any]]) -> Iterator[Task]:
        """The tasks; those that have moved on since their insights were asked for, with these.

        Of live ones only, the longest not asked first, and so many at once at most: for insights a
        task is opened, which costs more than all of the list.
        """
        moved = [
            task
            for task in tasks
            if task["mode"] == "live" and self._asked_at(task)[1] != task["last_event_at"]
        ]
        asked = {t["id"] for t in sorted(moved, key=self._asked_at)[:_MOST_DETAILS]}
        for task in tasks:
            yield {**task, "insights": self._insights(task)} if task["id"] in asked else task

    def _asked_at(self, task: Task) -> tuple[float, float | None]:
        """When its insights were asked for, and the time of its last event then."""
        return self._asked.get(task["id"], (0.0, 0.0))

    def _insights(self, task: Task) -> list[Any]:
        self._asked[task["id"]] = (self._clock(), task["last_event_at"])
        try:
            return list(endpoints.task(self._service, Query(task=task["id"]))["insights"])
        except UnknownTask:  # gone meanwhile
            return []
