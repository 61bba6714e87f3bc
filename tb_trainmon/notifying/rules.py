"""Which news is sent, and when: the ``[[notify]]`` tables of a ``trainmon.toml``.

For example:

    [[notify]]
    pattern = '^prod/'             # against a task's id; without one, every task
    news = ["failed", "nan"]       # without it, every kind
    quiet = "22:00-07:00"          # local time: what happens then is told at its end

The first table that matches a task and a kind of news decides; without any table all is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from tb_trainmon.core.errors import ConfigUnreadable
from tb_trainmon.event_files.urls import is_remote
from tb_trainmon.notifying.news import KINDS, News
from tb_trainmon.tasks.found.configuration import FILE_NAME, tables_in
from tb_trainmon.tasks.found.patterns import Pattern

_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")

Search = Callable[[str], object]  # of a pattern in a task's id: None where it is not found


@dataclass(frozen=True, slots=True)
class Rule:
    """One ``[[notify]]`` table."""

    search: Search
    kinds: tuple[str, ...] = KINDS
    quiet: tuple[time, time] | None = None

    def concerns(self, news: News) -> bool:
        """Whether it decides about this."""
        return news.kind in self.kinds and bool(self.search(news.task))

    def due(self, now: float) -> float:
        """When something of ``now`` may be told: at once, or at the end of the quiet hours."""
        if self.quiet is None:
            return now
        moment = datetime.fromtimestamp(now).astimezone()
        begin, end = self.quiet
        clock = moment.timetz().replace(tzinfo=None)
        quiet = begin <= clock < end if begin <= end else clock >= begin or clock < end
        if not quiet:
            return now
        over = datetime.combine(moment.date(), end)
        if begin > end and clock >= begin:
            over += timedelta(days=1)
        return over.astimezone().timestamp()


EVERYTHING = (Rule(lambda _: True),)


def rule_for(rules: Sequence[Rule], news: News) -> Rule | None:
    """The rule that decides about ``news``; None: it concerns nobody."""
    return next((rule for rule in rules if rule.concerns(news)), None)


def rules_from(
    rows: Sequence[Mapping[str, Any]], where: str, compiled: Callable[[str], Search]
) -> tuple[Rule, ...]:
    """The rules of a file's ``[[notify]]`` tables; all news is told where there is none.

    ``compiled`` makes a search of a pattern, or raises ValueError. Raises ConfigUnreadable.
    """
    return tuple(_rule(row, where, compiled) for row in rows) or EVERYTHING


def _rule(row: Mapping[str, Any], where: str, compiled: Callable[[str], Search]) -> Rule:
    unknown = set(row) - {"pattern", "news", "quiet"}
    if unknown:
        raise ConfigUnreadable(
            f"{where}: {min(unknown)!r} in [[notify]] is not one of pattern, news, quiet."
        )
    kinds = row.get("news", list(KINDS))
    if not isinstance(kinds, list) or not set(map(str, kinds)) <= set(KINDS):
        raise ConfigUnreadable(f"{where}: 'news' in [[notify]] has some of {', '.join(KINDS)}.")
    pattern = row.get("pattern", "")
    try:
        search = compiled(pattern) if isinstance(pattern, str) else None
    except ValueError as error:
        raise ConfigUnreadable(
            f"{where}: {pattern!r} in [[notify]] is no pattern: {error}."
        ) from error
    if search is None:
        raise ConfigUnreadable(f"{where}: 'pattern' in [[notify]] must be a regular expression.")
    return Rule(search, tuple(kinds), _quiet(row.get("quiet"), where))


def _quiet(text: object, where: str) -> tuple[time, time] | None:
    if text is None:
        return None
    match = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ConfigUnreadable(f"{where}: 'quiet' in [[notify]] is such as \"22:00-07:00\".")
    hour, minute, end_hour, end_minute = map(int, match.groups())
    return time(hour, minute), time(end_hour, end_minute)


def read_rules(path: str | None, logdir: str | None) -> tuple[Rule, ...]:
    """The rules of the configuration at ``path``, else of that in the log directory.

    Without either all news is told. Raises ConfigUnreadable with a sentence.
    """
    if path is None and (logdir is None or is_remote(logdir)):
        return EVERYTHING
    file = Path(path or Path(logdir or ".", FILE_NAME))
    if path is None and not file.exists():
        return EVERYTHING
    return rules_from(tables_in(str(file))["notify"], str(file), _compiled)


def _compiled(pattern: str) -> Search:
    return Pattern(pattern).matches
