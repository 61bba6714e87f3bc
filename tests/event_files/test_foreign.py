"""A file that is called as an event file is and is something else."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tb_trainmon.event_files import cursor
from tests.event_files.conftest import wherever

if TYPE_CHECKING:
    from tests.event_files.conftest import Records, Scene

GRACE = cursor.GRACE


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.mark.parametrize(
    ("content", "code", "hint"),
    [
        (POINTER, "lfs_pointer", "git lfs pull"),
        (gzip.compress(b"x" * 99, mtime=0), "compressed", "gzip"),
    ],
)
@wherever
def test_a_file_that_is_known_to_be_something_else_is_told_at_once(
    scene: Scene, content: bytes, code: str, hint: str
) -> None:
    scene.write(content)
    (problem,) = scene.file.read().problems
    assert problem.code == code
    assert hint in problem.message
    assert scene.file.read().problems == []


@wherever
def test_a_pointer_that_is_resolved_is_read(scene: Scene, records: Records) -> None:
    scene.write(POINTER)
    scene.file.read()
    scene.advance(1)
    scene.write(*records.scalars(range(3)))
    batch = scene.file.read()
    assert len(batch.scalars["loss"]) == 3
    assert not batch.rewritten
    assert scene.codes() == []


@wherever
def test_any_other_file_is_told_when_it_had_its_time(scene: Scene, records: Records) -> None:
    scene.write(b"This is a text about event files.\n" * 10)
    assert scene.file.read().problems == []
    scene.advance(GRACE)
    (problem,) = scene.file.read().problems
    assert problem.code == "not_event_file"
    scene.advance(1)
    scene.write(*records.scalars(range(3)))
    assert len(scene.file.read().scalars["loss"]) == 3
    assert scene.codes() == []
