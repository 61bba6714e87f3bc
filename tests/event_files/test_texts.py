"""Texts of a file have a bound, whatever was logged."""

from __future__ import annotations

import pytest

from tb_trainmon.event_files import texts
from tb_trainmon.event_files.texts import MOST_TEXTS, Texts
from tests.event_files.conftest import Records, Scene

STRING = 7


def test_the_first_tags_are_kept_each_with_its_latest_text(scene: Scene, records: Records) -> None:
    tags = [f"answer{n}" for n in range(MOST_TEXTS + 20)]
    logged = [(tag, b"first") for tag in ("arguments", *tags)] + [("answer3", b"second")]
    scene.write(*(records.tensor(0, tag, dtype=STRING, string_val=[text]) for tag, text in logged))
    found = scene.file.read().texts
    assert set(found) == {"arguments", *tags[: MOST_TEXTS - 1]}
    assert (found["arguments"], found["answer3"]) == ("first", "second")


def test_what_is_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_CHARACTERS", 10)
    kept = Texts()
    for tag, text in (("a", "12345"), ("b", "123456"), ("c", "12345"), ("a", "123456")):
        kept.add(tag, text)
    assert kept.by_tag == {"c": "12345"}, "an old text is not what was logged last"
    kept.add("a", "12345")
    assert kept.by_tag == {"a": "12345", "c": "12345"}
    assert 10 < kept.memory < 1000
