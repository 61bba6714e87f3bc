"""A server that has stopped with its sockets open is waited for so long and no longer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs import reading
from tb_trainmon.training_logs.answer import Answer
from tb_trainmon.training_logs.deadline import NoAnswer, asked_apart
from tb_trainmon.training_logs.late_answers import LateAnswers, NotYet
from tb_trainmon.training_logs.reading import TrainingLogs


@pytest.fixture
def thawed() -> Iterator[threading.Event]:
    """What is frozen waits for this; set when the test is over, so that no thread stays."""
    event = threading.Event()
    yield event
    event.set()


def frozen_until(thawed: threading.Event) -> Callable[[], Answer]:
    def frozen() -> Answer:
        thawed.wait()
        return Answer()

    return frozen


def test_an_answer_in_time_is_what_was_answered_or_raised() -> None:
    assert asked_apart(lambda: 5).result(60.0) == 5
    with pytest.raises(ValueError, match="invalid literal"):
        asked_apart(lambda: int("x")).result(60.0)


def test_what_does_not_answer_is_not_waited_for(thawed: threading.Event) -> None:
    with pytest.raises(NoAnswer):
        asked_apart(thawed.wait).result(0.01)


def test_a_frozen_server_is_told_and_left_alone_for_a_while(
    thawed: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked = 0.0, 0

    def frozen(*_: object) -> None:
        nonlocal asked
        asked += 1
        thawed.wait()

    monkeypatch.setattr(reading, "answer_from_server", frozen)
    monkeypatch.setattr(reading, "ANSWER_SECONDS", 0.01)
    logs = TrainingLogs("postgresql+psycopg://u:secret@127.0.0.1:9/x", lambda: now)
    for _ in range(3):
        with pytest.raises(DatabaseUnreadable, match="does not answer in time") as caught:
            logs.tasks()
        assert "secret" not in str(caught.value)
    assert asked == 1
    now += reading.REST_SECONDS
    with pytest.raises(DatabaseUnreadable, match="does not answer in time"):
        logs.tasks()
    assert asked == 2


def test_who_looks_at_a_frozen_server_is_told_so_and_gets_what_it_knows_when_it_has_told_it(
    thawed: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def frozen(_engine: object, question: object, _wanted: object) -> Answer:
        asked.append(str(question))
        thawed.wait()
        told.release()
        answer = Answer()
        answer.names, answer[:] = ("task_id", "id"), [("bert", 1)]
        return answer

    told = threading.Semaphore(0)
    monkeypatch.setattr(reading, "answer_from_server", frozen)
    logs = TrainingLogs("postgresql+psycopg://u:secret@127.0.0.1:9/x", patience=0.01)
    for _ in range(3):
        with pytest.raises(DatabaseUnreadable, match="has not answered yet"):
            logs.logs("bert")
    with pytest.raises(DatabaseUnreadable, match="has not answered yet"):
        logs.logs("another")
    thawed.set()
    for _ in range(2):
        told.acquire()
    with logs.patiently():
        assert [row.id for row in logs.logs("bert")] == [1]
    assert len(asked) == 2


def test_a_late_answer_is_given_up_after_as_long_as_a_server_may_take(
    thawed: threading.Event,
) -> None:
    now = 0.0
    late = LateAnswers(lambda: now)

    frozen = frozen_until(thawed)
    for moment, said in ((0.0, NotYet), (1.0, NotYet), (34.0, NotYet), (35.0, NoAnswer)):
        now = moment
        with pytest.raises(said):
            late.answer("one", frozen, 0.0, 35.0)
    with pytest.raises(NotYet):  # it is asked anew
        late.answer("one", frozen, 0.0, 35.0)


@pytest.mark.parametrize(("after", "said"), [(9.0, ZeroDivisionError), (10.0, NotYet)])
def test_a_failure_that_is_long_ago_says_nothing_of_now(
    thawed: threading.Event, after: float, said: type[Exception]
) -> None:
    now = 0.0
    late = LateAnswers(lambda: now)
    failing = threading.Event()

    def fail() -> Answer:
        failing.wait()
        raise ZeroDivisionError

    with pytest.raises(NotYet):
        late.answer("one", fail, 0.0, 35.0)
    failing.set()
    late._late["one"].answer.exception()
    now = after
    with pytest.raises(said):
        late.answer("one", frozen_until(thawed), 0.0, 35.0)


def test_of_a_server_that_has_stopped_no_more_is_asked_than_a_few_questions(
    thawed: threading.Event,
) -> None:
    """Each has a thread that waits, however many tasks are watched."""
    late = LateAnswers(lambda: 0.0)
    for _ in range(3):
        for task in range(100):
            with pytest.raises(NotYet):
                late.answer(task, frozen_until(thawed), 0.0, 35.0)
    assert len(late._late) == 8
