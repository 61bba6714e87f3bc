"""Records too large to be held: what is short in them is read, and nothing of the file is lost."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
from tensorboard.compat.proto.event_pb2 import TaggedRunMetadata
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tb_trainmon.event_files import cursor, large_record
from tests.event_files.conftest import wherever

if TYPE_CHECKING:
    from tb_trainmon.event_files.disk import FileState
    from tests.event_files.conftest import Records, Scene

GRACE = cursor.GRACE
LARGE, LONG = 4096, 512
DT_FLOAT, DT_STRING = 1, 7


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large, in these tests: a scene is played in a millisecond."""
    for module in (cursor, large_record):
        monkeypatch.setattr(module, "LARGE", LARGE)
    monkeypatch.setattr(large_record, "_LONG", LONG)
    monkeypatch.setattr(cursor, "CHUNK", 1024)
    monkeypatch.setattr(large_record, "_CHUNK", 1000)


def graph(records: Records, size: int = 3 * LARGE) -> bytes:
    return records.event(7, graph_def=b"g" * size)


@wherever
def test_a_large_graph_is_passed_by(scene: Scene, records: Records) -> None:
    one, two = records.scalars(range(1, 3))
    scene.write(one, graph(records), two)
    batch = scene.file.read()
    assert batch.scalars["loss"].step.tolist() == [1, 2]
    assert (batch.events, batch.skipped_bytes, batch.problems) == (3, 0, [])
    scene.append(records.scalar(1.0, 3))
    assert scene.steps() == [3]


@wherever
def test_what_is_short_in_a_large_record_is_read(scene: Scene, records: Records) -> None:
    picture = Summary.Image(height=1, width=1, encoded_image_string=b"p" * LARGE)
    many = TensorProto(dtype=DT_FLOAT, tensor_content=b"1234" * LARGE)
    text = TensorProto(dtype=DT_STRING, string_val=[b"a" + "ß".encode() * LARGE])
    summary = Summary(
        value=[
            Summary.Value(tag="loss", simple_value=0.5),
            Summary.Value(tag="picture", image=picture),
            Summary.Value(tag="many", tensor=many, metadata=records.metadata("scalars")),
            Summary.Value(tag="note", tensor=text, metadata=records.metadata("text")),
            Summary.Value(tag="x" * LARGE, simple_value=0.25),
            Summary.Value(tag="accuracy", simple_value=0.75),
        ]
    )
    scene.write(records.event(9, summary=summary))
    batch = scene.file.read()
    assert batch.scalars["loss"].step.tolist() == [9]
    assert batch.scalars["accuracy"].value.tolist() == [0.75]
    assert set(batch.scalars) == {"loss", "accuracy", "x" * (LONG - 1)}
    assert set(batch.others) == {"picture", "many"}
    # 512 bytes end in the middle of a character.
    assert batch.texts == {"note": "a" + "ß" * (LONG // 2 - 1)}
    assert batch.problems == []


@wherever
def test_a_large_record_is_waited_for_while_it_is_written(scene: Scene, records: Records) -> None:
    one, large, two = records.scalar(1.0, 1), graph(records), records.scalar(1.0, 2)
    scene.write(one, large[: LARGE + 5])
    assert scene.steps() == [1]
    scene.append(large[LARGE + 5 : -1])
    scene.advance(GRACE + 1)
    assert scene.steps() == []
    scene.append(large[-1:], two)
    assert scene.steps() == [2]
    assert scene.codes() == []


@pytest.mark.parametrize("whole", [False, True])
@wherever
def test_one_that_was_cut_short_does_not_swallow_what_was_written_behind_it(
    scene: Scene, records: Records, whole: bool
) -> None:
    """Also where so much was written since that it seems to be whole."""
    behind = records.scalars(range(2, 600 if whole else 5))
    torn = graph(records)[: LARGE + 5]
    scene.write(records.scalar(1.0, 1), torn, *behind)
    assert scene.steps() == [1]
    scene.advance(GRACE)
    batch = scene.file.read()
    assert batch.scalars["loss"].step.tolist() == [*range(2, 600 if whole else 5)]
    assert (batch.skipped_events, batch.skipped_bytes) == (1, len(torn))


@wherever
def test_a_damaged_one_is_told_of_once_it_is_believed(scene: Scene, records: Records) -> None:
    large = bytearray(graph(records))
    large[LARGE] ^= 1
    scene.write(bytes(large), records.scalar(1.0, 2))
    assert scene.steps() == []
    scene.patch(LARGE, bytes([large[LARGE] ^ 1]))
    assert scene.steps() == [2]
    scene.patch(LARGE, bytes([large[LARGE]]))
    scene.look_anew()
    assert scene.steps() == []
    scene.advance(GRACE)
    assert scene.steps() == [2]
    assert scene.codes() == ["damaged_record"]


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (b"\x2a\x80\x40\x0a\xff\xff\x7f" + bytes(8188), "not_an_event"),  # a length that lies
        (bytes(2 * LARGE), "not_an_event"),
        (b"\x0b" + bytes(2 * LARGE), "not_an_event"),
        (b"\x18\x01" * LARGE, "record_too_large"),
    ],
)
@wherever
def test_one_that_is_no_event_or_has_too_much_in_it_is_told_of(
    scene: Scene, records: Records, inside: bytes, code: str
) -> None:
    large = records.frame(inside)
    scene.write(records.scalar(1.0, 1), large, records.scalar(1.0, 2))
    batch = scene.file.read()
    assert batch.scalars["loss"].step.tolist() == [1, 2]
    assert batch.skipped_events == 1
    assert batch.skipped_bytes == (len(large) if code == "record_too_large" else 0)
    assert scene.codes() == [code]


def test_a_record_in_which_nothing_is_long_is_kept_as_it_is(scene: Scene, records: Records) -> None:
    metadata = TaggedRunMetadata(tag="t", run_metadata=b"m" * 99)
    for record in (
        records.scalar(0.5, -3, plugin="scalars"),
        records.tensor(1 << 40, dtype=DT_STRING, string_val=[b"a", b"b"]),
        records.event(5, tagged_run_metadata=metadata),
        records.version(),
        records.start(3),
    ):
        scene.write(record)
        with scene.path.open("rb") as file:
            large = large_record.LargeRecord(0, len(record))
            assert large.abridged(_Opened(file.read())) == record


def test_a_large_record_takes_little_memory(
    scene: Scene, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "CHUNK", 1 << 16)
    monkeypatch.setattr(large_record, "_CHUNK", 1 << 16)
    scene.write(records.value(1, tag="p", image=Summary.Image(encoded_image_string=bytes(1 << 23))))
    scene.append(*records.scalars(range(2)))
    tracemalloc.start()
    try:
        assert scene.steps() == [0, 1]
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 1 << 20


class _Opened:
    """A file that lies in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def state(self) -> FileState:
        raise NotImplementedError

    def read(self, offset: int, size: int) -> bytes:
        return self._data[offset : offset + size]
