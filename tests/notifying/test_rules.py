"""Which news concerns whom, and what happens at night."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from tb_trainmon.core.errors import ConfigUnreadable
from tb_trainmon.notifying.news import News
from tb_trainmon.notifying.rules import EVERYTHING, Rule, rule_for, rules_from
from tests.notifying.tasks import NOW


def rules(*rows: dict[str, Any]) -> tuple[Rule, ...]:
    return rules_from(rows, "trainmon.toml", lambda pattern: re.compile(pattern).search)


def news(task: str = "prod/bert", kind: Any = "failed") -> News:
    return News(task, kind, "It failed.", NOW)


def at(hour: int, minute: int = 0, day: int = 10) -> float:
    """A local time in the middle of a winter."""
    return datetime(2026, 1, day, hour, minute).astimezone().timestamp()


def test_without_rules_all_is_told() -> None:
    assert rules() == EVERYTHING
    assert rule_for(EVERYTHING, news()) is EVERYTHING[0]


def test_the_first_rule_that_matches_decides() -> None:
    quiet, loud = rules({"pattern": "^prod/", "news": ["nan"]}, {"news": ["failed"]})
    assert rule_for((quiet, loud), news(kind="nan")) is quiet
    assert rule_for((quiet, loud), news(kind="failed")) is loud
    assert rule_for((quiet, loud), news(kind="completed")) is None
    assert rule_for((quiet, loud), news("dev/x", "nan")) is None


@pytest.mark.parametrize(
    ("quiet", "moment", "due"),
    [
        ("22:00-07:00", at(21, 59), at(21, 59)),
        ("22:00-07:00", at(22), at(7, day=11)),
        ("22:00-07:00", at(3), at(7)),
        ("22:00-07:00", at(7), at(7)),
        ("09:00-17:30", at(12), at(17, 30)),
        ("09:00-17:30", at(18), at(18)),
    ],
)
def test_what_happens_in_quiet_hours_is_told_at_their_end(
    quiet: str, moment: float, due: float
) -> None:
    (rule,) = rules({"quiet": quiet})
    assert rule.due(moment) == due


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"to": "me"}, "'to' in [[notify]] is not one of pattern, news, quiet."),
        ({"news": "failed"}, "'news' in [[notify]] has some of completed, failed"),
        ({"news": ["fails"]}, "'news' in [[notify]] has some of completed, failed"),
        ({"pattern": 1}, "'pattern' in [[notify]] must be a regular expression."),
        ({"quiet": "22-7"}, "'quiet' in [[notify]] is such as"),
        ({"quiet": "24:00-07:00"}, "'quiet' in [[notify]] is such as"),
    ],
)
def test_what_is_no_rule_is_a_sentence(row: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigUnreadable) as raised:
        rules(row)
    assert said in str(raised.value)
