"""A server that has stopped with its sockets open is waited for so long and no longer."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs import reading
from tb_trainmon.training_logs.deadline import NoAnswer, answered_within
from tb_trainmon.training_logs.reading import TrainingLogs


@pytest.fixture
def thawed() -> Iterator[threading.Event]:
    """What is frozen waits for this; set when the test is over, so that no thread stays."""
    event = threading.Event()
    yield event
    event.set()


def test_an_answer_in_time_is_what_was_answered_or_raised() -> None:
    assert answered_within(60.0, lambda: 5) == 5
    with pytest.raises(ValueError, match="invalid literal"):
        answered_within(60.0, lambda: int("x"))


def test_what_does_not_answer_is_not_waited_for(thawed: threading.Event) -> None:
    with pytest.raises(NoAnswer):
        answered_within(0.01, thawed.wait)


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
