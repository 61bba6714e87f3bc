"""Letters wait, are brought, refused, tried again and given up; a restart changes nothing."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tb_trainmon.notifying.addresses import Address
from tb_trainmon.notifying.letters import Letter, letter_of, view_of
from tb_trainmon.notifying.memory import BadMemory, Memory, Waiting
from tb_trainmon.notifying.news import Known, News, Promise, first_sight
from tb_trainmon.notifying.postman import GIVEN_UP, Postman
from tests.notifying.tasks import NOW, task
from tests.routes.site import Clock

MAIL = Address("mailto://user:secret@example.org", 1)
CHAT = Address("slack://token", 2)


class Service:
    """Takes letters, unless it is away."""

    def __init__(self, *, takes_pictures: bool = False) -> None:
        self.takes_pictures = takes_pictures
        self.letters: list[Letter] = []
        self.trouble: str | None = None

    def __call__(self, letter: Letter) -> str | None:
        if self.trouble is None:
            self.letters.append(letter)
        return self.trouble


def news(number: int = 1, at: float = NOW) -> News:
    return News(f"task-{number}", "failed", "It failed.", at, 5, 10, "loss NaN")


def waiting(*addresses: Address, count: int = 1, due: float = NOW) -> list[Waiting]:
    return [Waiting(a.key, news(n), due) for n in range(count) for a in addresses]


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


def test_a_letter_is_brought_once_and_crossed_out(clock: Clock) -> None:
    memory, service = Memory(None), Service()
    memory.learn({}, (), waiting(MAIL), NOW)
    postman = Postman(MAIL, service, memory, clock)
    assert [postman.round(), postman.round()] == [1, 0]
    assert [letter.title for letter in service.letters] == ["task-0: failed"]


def test_a_service_that_is_away_is_tried_again_with_patience_and_an_end(clock: Clock) -> None:
    memory, service = Memory(None), Service()
    service.trouble = "it did not answer"
    memory.learn({}, (), waiting(MAIL), NOW)
    postman = Postman(MAIL, service, memory, clock)
    pauses = []
    while memory.waits():
        postman.round()
        begin = clock.now
        while memory.waits() and not memory.due(MAIL.key, clock.now):
            clock.advance(10)
        pauses.append(clock.now - begin)
    assert pauses[:4] == [30, 60, 120, 240]
    assert max(pauses) == 3600
    assert GIVEN_UP < clock.now - NOW < GIVEN_UP + 7200
    assert service.letters == []


def test_it_is_brought_when_the_service_is_back(clock: Clock) -> None:
    memory, service = Memory(None), Service()
    service.trouble = "it did not answer"
    memory.learn({}, (), waiting(MAIL), NOW)
    postman = Postman(MAIL, service, memory, clock)
    postman.round()
    service.trouble = None
    assert postman.round() == 0
    clock.advance(30)
    assert postman.round() == 1


def test_one_service_that_is_away_takes_nothing_from_another(clock: Clock) -> None:
    memory, away, there = Memory(None), Service(), Service()
    away.trouble = "it did not answer"
    memory.learn({}, (), waiting(MAIL, CHAT), NOW)
    assert Postman(MAIL, away, memory, clock).round() == 0
    assert Postman(CHAT, there, memory, clock).round() == 1
    assert memory.waits([MAIL.key]) == 1


def test_many_at_once_become_one_letter(clock: Clock) -> None:
    memory, service = Memory(None), Service()
    memory.learn({}, (), waiting(MAIL, count=30), NOW)
    assert Postman(MAIL, service, memory, clock).round() == 30
    (letter,) = service.letters
    assert letter.title == "TrainMon: 30 failed"
    assert letter.body.count("It failed.") == 20
    assert letter.body.endswith("... and 10 more.")


def test_a_single_letter_has_a_picture_where_the_service_takes_one(clock: Clock) -> None:
    for takes, count, expected in ((True, 1, b"task-0"), (False, 1, None), (True, 2, None)):
        memory, service = Memory(None), Service(takes_pictures=takes)
        memory.learn({}, (), waiting(MAIL, count=count), NOW)
        Postman(MAIL, service, memory, clock, picture=str.encode).round()
        assert service.letters[0].picture == expected


def test_what_is_not_due_yet_waits(clock: Clock) -> None:
    memory, service = Memory(None), Service()
    memory.learn({}, (), waiting(MAIL, due=NOW + 60), NOW)
    postman = Postman(MAIL, service, memory, clock)
    assert postman.round() == 0
    clock.advance(60)
    assert postman.round() == 1


def test_a_letter_says_what_where_and_leads_to_the_view() -> None:
    letter = letter_of([news()], "http://host:6006/x/")
    assert letter.title == "task-1: failed"
    assert letter.body == (
        "It failed.\nStep 5 of 10, loss NaN.\nhttp://host:6006/x/#trainmon&p.trainmon.task=task-1"
    )
    assert view_of("http://h/#scalars", "a b/ü&c").endswith(
        "/#trainmon&p.trainmon.task=a%20b%2F%C3%BC%26c"
    )


def test_a_name_cannot_command_the_reader_of_a_letter() -> None:
    evil = News("a\x1b[31m\u202eb", "failed", "x\r\n.\r\nRCPT", NOW)
    letter = letter_of([evil], None)
    assert not set(letter.title + letter.body) & {"\x1b", "\u202e", "\r"}
    assert "\n" not in letter.title


# ---- memory --------------------------------------------------------------------------------------


def test_a_restart_knows_what_was_told_and_what_was_not(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "folder" / "told.json"
    memory, service = Memory(path), Service()
    known = Known("running", 1, None, ("a",), Promise(NOW, 5.0), "failed", NOW)
    seen = {"x": known, "y": first_sight(task())}
    memory.learn(seen, (), waiting(MAIL, CHAT), NOW)
    Postman(MAIL, service, memory, clock).round()
    again = Memory(path)
    assert again.tasks == seen
    assert again.looked_at == NOW
    assert [again.waits([MAIL.key]), again.waits([CHAT.key])] == [0, 1]
    assert again.due(CHAT.key, NOW)[0].news == news(0)


def test_only_its_owner_can_read_it_and_no_address_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    Memory(path).learn({}, (), waiting(MAIL), NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "secret" not in path.read_text()
    assert list(tmp_path.iterdir()) == [path]


def test_a_look_that_showed_nothing_new_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    memory = Memory(path)
    memory.learn({"x": first_sight(task())}, (), (), NOW)
    path.unlink()
    memory.learn({"x": first_sight(task())}, (), (), NOW + 15)
    assert not path.exists()
    memory.learn({}, (), (), NOW + 400)  # but for when it was
    assert Memory(path).looked_at == NOW + 400


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 99}', json.dumps({"version": 1})])
def test_a_file_that_is_no_memory_is_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "told.json"
    path.write_text(text)
    with pytest.raises(BadMemory, match=r"told\.json, where it is kept what was told"):
        Memory(path)


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "told.json")
    with pytest.raises(BadMemory, match="cannot be written"):
        memory.learn({"x": first_sight(task())}, (), (), NOW)


def test_letters_for_an_address_that_nobody_empties_are_bounded(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "told.json")
    memory.learn({}, (), waiting(MAIL, count=1500), NOW)
    assert memory.waits() == 1000
    assert memory.due(MAIL.key, NOW)[-1].news.task == "task-1499"
