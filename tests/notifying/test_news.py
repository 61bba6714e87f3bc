"""What is news of a task, and that it is told once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.notifying.news import (
    SETTLED,
    Known,
    News,
    appeared,
    first_sight,
    is_changing,
    news_of,
)
from tests.notifying.tasks import NOW, ended, eta, task


def told(known: Known, looks: Iterable[Any], pause: float = SETTLED) -> list[News]:
    """All news of a task that is looked at again and again."""
    found: list[News] = []
    for number, look in enumerate(looks):
        news, known = news_of(known, look, NOW + pause * number)
        found += news
    return found


def kinds(looks: Iterable[Any], known: Known | None = None, pause: float = SETTLED) -> list[str]:
    return [one.kind for one in told(known or first_sight(task()), looks, pause)]


@pytest.mark.parametrize("status", ["completed", "failed", "stopped"])
def test_an_end_is_told_once_with_its_evidence(status: str) -> None:
    found = told(first_sight(task()), [ended(status, "Because.")] * 5)
    assert [(one.kind, one.says, one.step, one.total) for one in found] == [
        (status, "Because.", 100, 1000)
    ]


def test_an_end_that_does_not_last_is_never_told() -> None:
    looks = [ended("completed"), task(), ended("completed"), task(), task()]
    assert kinds(looks, pause=SETTLED / 2) == []


def test_an_end_is_believed_only_after_it_was_seen_for_a_while() -> None:
    news, known = news_of(first_sight(task()), ended("failed"), NOW)
    assert not news
    assert is_changing(known)
    news, known = news_of(known, ended("failed"), NOW + SETTLED / 2)
    assert not news
    assert is_changing(known)
    news, known = news_of(known, ended("failed"), NOW + SETTLED)
    assert [one.kind for one in news] == ["failed"]
    assert not is_changing(known)


def test_an_end_that_turns_out_to_be_another_is_told_as_that() -> None:
    looks = [ended("stopped"), ended("failed"), ended("failed")]
    assert kinds(looks) == ["failed"]


def test_a_task_that_had_ended_before_anybody_asked_is_no_news() -> None:
    for status in ("completed", "failed", "stopped"):
        assert kinds([ended(status)] * 3, first_sight(ended(status))) == []


def test_a_task_that_came_and_ended_meanwhile_is_told() -> None:
    assert kinds([ended("failed")] * 3, appeared(ended("failed"))) == ["failed"]


def test_a_task_that_goes_on_again_is_told_and_so_is_its_next_end() -> None:
    looks = [*[ended("stopped")] * 2, task(), task(), *[ended("completed")] * 2]
    assert kinds(looks) == ["stopped", "revived", "completed"]


def test_a_loss_that_is_no_number_is_told_once_an_attempt() -> None:
    looks = [task(loss="NaN")] * 3 + [task(loss=1.0), task(loss="Infinity")]
    assert kinds(looks) == ["nan"]
    assert kinds([*looks, task(loss="NaN", attempts=2)]) == ["nan", "nan"]


def test_what_leads_is_read_out_and_told_when_it_is_no_number() -> None:
    reward = {"lead_metric": "reward", "lead_label": "eval reward", "loss": None}
    ends = told(first_sight(task()), [ended("completed") | reward | {"lead_value": 214.0}] * 3)
    assert [one.reading for one in ends] == ["eval reward 214"]
    broken = told(first_sight(task()), [task(**reward, lead_value="NaN")])
    assert [(one.says, one.of) for one in broken] == [("Its eval reward is NaN.", "eval reward")]


def test_a_total_that_is_passed_by_a_task_that_still_runs_is_told() -> None:
    assert kinds([task(step=1000)] * 2) == ["total"]
    # One that ends there has completed, which says it all.
    assert kinds([ended("completed") | {"step": 1000}] * 3) == ["completed"]


def test_an_eta_that_slips_by_more_than_its_range_is_told_and_then_holds_anew() -> None:
    promised = first_sight(task(eta=eta(NOW + 1000, 700, 1300)))
    late, later = task(eta=eta(NOW + 1500, 900, 2000)), task(eta=eta(NOW + 1700, 900, 2000))
    assert kinds([late], promised) == []
    assert kinds([late, later, later], promised) == ["slipped"]


def test_a_slip_of_ten_minutes_is_not_worth_a_letter() -> None:
    promised = first_sight(task(eta=eta(NOW + 100, 99, 101)))
    assert kinds([task(eta=eta(NOW + 700))], promised) == []
    assert kinds([task(eta=eta(NOW + 701))], promised) == ["slipped"]


def insight(id_: str, severity: str = "warning", open_: bool = True) -> dict[str, Any]:
    return {
        "id": id_,
        "severity": severity,
        "open": open_,
        "title": "The loss rises.",
        "evidence": "2.1 to 4.0.",
    }


def test_a_new_warning_is_told_with_its_proof_and_information_is_not() -> None:
    looks = [
        task(insights=[]),
        task(insights=[insight("a"), insight("b", "info"), insight("c", open_=False)]),
        task(),  # not asked for: nothing is known, nothing forgotten
        task(insights=[insight("a")]),
    ]
    found = told(first_sight(task(insights=[])), looks)
    assert [(one.kind, one.says) for one in found] == [("insight", "The loss rises: 2.1 to 4.0.")]


def test_insights_that_were_there_when_they_were_first_asked_for_are_no_news() -> None:
    assert kinds([task(), task(insights=[insight("a")])], first_sight(task())) == []


LOOKS = st.lists(
    st.sampled_from(
        [
            task(),
            task(status="pending"),
            task(loss="NaN"),
            task(step=1000),
            task(eta=eta(NOW + 9000)),
            ended("completed"),
            ended("failed"),
            ended("stopped"),
        ]
    ),
    max_size=30,
)


@given(LOOKS)
def test_no_end_is_told_twice_without_a_life_in_between(looks: list[Any]) -> None:
    ends = {"completed", "failed", "stopped"}
    before = None
    for kind in kinds(looks):
        assert not (kind == before and kind in ends)
        before = kind if kind in ends | {"revived"} else before


@given(LOOKS)
def test_looking_twice_at_the_same_tells_nothing_more(looks: list[Any]) -> None:
    twice = [look for look in looks for _ in range(2)]
    times = [NOW + SETTLED * number for number in range(len(looks)) for _ in range(2)]
    known = again = first_sight(task())
    once: list[str] = []
    doubled: list[str] = []
    for number, look in enumerate(looks):
        news, known = news_of(known, look, NOW + SETTLED * number)
        once += [one.kind for one in news]
    for look, at in zip(twice, times, strict=True):
        news, again = news_of(again, look, at)
        doubled += [one.kind for one in news]
    assert once == doubled
