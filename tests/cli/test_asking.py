"""What the terminal makes of the routes' answers."""

from __future__ import annotations

import pytest

from tb_trainmon.cli.asking import is_unreadable
from tb_trainmon.routes.messages import Message


def answer(code: str, *tasks: Message) -> Message:
    return {"tasks": list(tasks), "problems": [{"code": code, "where": "", "message": ""}]}


@pytest.mark.parametrize(
    "code", ["logdir_missing", "no_logdir", "remote_scheme", "remote_denied", "remote_unreachable"]
)
def test_a_log_directory_that_cannot_be_reached_is_unreadable_wherever_it_lies(code: str) -> None:
    assert is_unreadable(answer(code))
    assert not is_unreadable(answer(code, {"id": "elsewhere"}))


@pytest.mark.parametrize("code", ["remote_first_look", "remote_slow", "database_unreadable"])
def test_one_that_is_slow_or_has_other_trouble_is_not(code: str) -> None:
    assert not is_unreadable(answer(code))
