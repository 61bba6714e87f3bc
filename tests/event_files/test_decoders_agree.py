"""The kernel gives what the Python decoder gives: bit by bit, stop by stop, in every order."""

from __future__ import annotations

import math
import os
import random
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from google_crc32c import value as reference_crc32c
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto import types_pb2 as types
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tb_trainmon.event_files import framing
from tb_trainmon.event_files.batch import Batch
from tb_trainmon.event_files.decoder import Decoder, Stop
from tb_trainmon.event_files.python_decoder import PythonDecoder
from tb_trainmon.event_files.reader import new_decoder, reader_in_use

if TYPE_CHECKING:
    from tests.event_files.conftest import Records


@pytest.fixture(autouse=True, scope="module")
def reader() -> Iterator[str]:
    """Both in one test, instead of one after the other."""
    if reader_in_use() != "kernel":
        pytest.skip("The kernel is not compiled.")
    return iter(["both"])


def told(batch: Batch) -> dict[str, Any]:
    """A batch as values that can be compared bit by bit, the order of its tags included."""
    plain = {field.name: getattr(batch, field.name) for field in fields(batch)}
    plain["scalars"] = [
        (tag, points.step.tobytes(), points.wall_time.tobytes(), points.value.tobytes())
        for tag, points in batch.scalars.items()
    ]
    plain["session_starts"] = [
        (start.step, struct.pack("<d", start.wall_time), dict(start.points_before))
        for start in batch.session_starts
    ]
    plain["hparams"] = repr(batch.hparams)
    return plain


def compare(chunks: list[bytes]) -> None:
    """Feed both and take from both, and compare all that they say."""
    decoders: list[Decoder] = [PythonDecoder(), new_decoder()]
    for chunk in chunks:
        stops: list[Stop] = [decoder.feed(chunk) for decoder in decoders]
        assert stops[0] == stops[1]
        assert decoders[0].pending_points == decoders[1].pending_points
        assert decoders[0].pending_events == decoders[1].pending_events
        batches = [told(decoder.take()) for decoder in decoders]
        assert batches[0] == batches[1]


# ---- events of every kind ------------------------------------------------------------------------

integers = st.one_of(st.integers(-3, 300), st.integers(-(2**63), 2**63 - 1))
small = st.integers(-(2**31), 2**31 - 1)
floats = st.floats(width=32)
TAGS = ["loss", "a", "", "train/learning_rate", "é", "_hparams_/session_start_info"]
PLUGINS = ["", "scalars", "text", "histograms", "é"]
NUMERIC: dict[str, list[int]] = {
    "float_val": [types.DT_FLOAT],
    "double_val": [types.DT_DOUBLE],
    "int_val": [types.DT_INT32, types.DT_INT16, types.DT_INT8, types.DT_UINT8, types.DT_UINT16],
    "half_val": [types.DT_HALF, types.DT_BFLOAT16],
    "bool_val": [types.DT_BOOL],
    "int64_val": [types.DT_INT64],
    "uint32_val": [types.DT_UINT32],
    "uint64_val": [types.DT_UINT64],
}
ELEMENTS: dict[str, st.SearchStrategy[Any]] = {
    "float_val": floats,
    "double_val": st.floats(),
    "int_val": small,
    "half_val": st.integers(0, 0xFFFF) | small,
    "bool_val": st.booleans(),
    "int64_val": integers,
    "uint32_val": st.integers(0, 2**32 - 1),
    "uint64_val": st.integers(0, 2**64 - 1),
}


@st.composite
def tensors(draw: st.DrawFn) -> Any:
    field = draw(st.sampled_from(list(NUMERIC)))
    tensor = TensorProto(dtype=draw(st.sampled_from([*NUMERIC[field]] * 6 + [0, 7, 8, 9999])))
    form = draw(st.sampled_from(["field"] * 4 + ["content"] * 3 + ["strings", "nothing", "both"]))
    if form in ("field", "both"):
        values = draw(st.sampled_from([1, 1, 1, 0, 2]))
        getattr(tensor, field).extend(draw(ELEMENTS[field]) for _ in range(values))
    if form in ("content", "both"):
        size = draw(st.sampled_from([1, 2, 4, 8, 8, 4, 2, 3, 16]))
        tensor.tensor_content = draw(st.binary(min_size=size, max_size=size))
    if form == "strings":
        tensor.dtype = types.DT_STRING
        tensor.string_val.extend(draw(st.lists(st.binary(max_size=5), max_size=3)))
    for size in draw(st.sampled_from([[], [], [], [1], [1, 1], [2], [0], [-1]])):
        tensor.tensor_shape.dim.add(size=size)
    if draw(st.integers(0, 20)) == 0:
        tensor.tensor_shape.unknown_rank = True
    return tensor


IMAGE = Summary.Image(height=1, width=200, colorspace=3, encoded_image_string=b"png")
HISTOGRAM = HistogramProto(min=1, max=2, num=3, sum=4, bucket=[1, 2], bucket_limit=[3, 4])
SOUND = Summary.Audio(
    sample_rate=8000, num_channels=1, length_frames=300, encoded_audio_string=b"wav",
    content_type="audio/wav",
)  # fmt: skip
MEDIA = [
    Event(wall_time=1.5, step=7, summary=Summary(value=[Summary.Value(tag="a", **{kind: medium})]))
    for kind, medium in {"image": IMAGE, "histo": HISTOGRAM, "audio": SOUND}.items()
]


@st.composite
def values(draw: st.DrawFn) -> Any:
    value = Summary.Value(tag=draw(st.sampled_from(TAGS)))
    kind = draw(
        st.sampled_from(["simple"] * 4 + ["tensor"] * 5 + ["image", "histo", "sound", "nothing"])
    )
    if kind == "simple":
        value.simple_value = draw(floats)
    elif kind == "tensor":
        value.tensor.CopyFrom(draw(tensors()))
    elif kind == "image":
        value.image.CopyFrom(IMAGE)
    elif kind == "histo":
        value.histo.CopyFrom(HISTOGRAM)
    elif kind == "sound":
        value.audio.CopyFrom(SOUND)
    if draw(st.integers(0, 3)) == 0:
        value.metadata.plugin_data.plugin_name = draw(st.sampled_from(PLUGINS))
        value.metadata.display_name = draw(st.sampled_from(["", "d", "ü"]))
        value.metadata.data_class = draw(st.integers(0, 2))
    if draw(st.integers(0, 20)) == 0:
        value.node_name = "node"
    return value


@st.composite
def events(draw: st.DrawFn) -> Any:
    event = Event(wall_time=draw(st.floats()), step=draw(integers))
    match draw(st.sampled_from(["summary"] * 12 + ["version", "graph", "log", "start", "source"])):
        case "summary":
            count = draw(st.sampled_from([1] * 8 + [0, 2, 5]))
            event.summary.value.extend(draw(values()) for _ in range(count))
        case "version":
            event.file_version = draw(st.sampled_from(["brain.Event:2", "é"]))
        case "graph":
            event.graph_def = b"graph"
        case "log":
            event.log_message.message = "hello"
        case "start":
            event.session_log.status = SessionLog.START
        case "source":
            event.source_metadata.writer = "tests"
    return event


@settings(max_examples=500, deadline=None)
@given(st.lists(st.lists(events(), max_size=12), max_size=3))
def test_on_events_of_every_kind(records: Records, batches: list[list[Any]]) -> None:
    compare(
        [b"".join(records.frame(event.SerializeToString()) for event in batch) for batch in batches]
    )


@settings(max_examples=500, deadline=None)
@given(st.lists(events(), min_size=1, max_size=6), st.data())
def test_on_events_that_no_writer_would_encode_so(
    records: Records, sequence: list[Any], data: st.DataObject
) -> None:
    """Bytes that were changed before the checksum was made: valid records, perhaps no events."""
    framed = []
    for event in sequence:
        record = bytearray(event.SerializeToString())
        if record:
            for _ in range(data.draw(st.integers(0, 2))):
                at = data.draw(st.integers(0, len(record) - 1))
                match data.draw(st.sampled_from(["set", "flip", "cut", "insert", "repeat"])):
                    case "set":
                        record[at] = data.draw(st.integers(0, 255))
                    case "flip":
                        record[at] ^= 1 << data.draw(st.integers(0, 7))
                    case "cut" if len(record) > 1:
                        del record[at]
                    case "insert":
                        record.insert(at, data.draw(st.integers(0, 255)))
                    case _:
                        record += record[at:]
        framed.append(records.frame(bytes(record)))
        framed.append(records.frame(event.SerializeToString()))
    compare([b"".join(framed)])


def test_on_every_byte_of_usual_records_changed_to_anything(records: Records) -> None:
    """As above, for what is read by shape: a scalar, a TF2 tensor; and for what is stepped over."""
    one = {"dtype": types.DT_FLOAT, "float_val": [1.0], "tensor_shape": {}}
    for good in (
        records.scalar(1.5, 300),
        records.tensor(300, **one),
        records.tensor(300, plugin="scalars", **one),
        records.tensor(300, dtype=types.DT_DOUBLE, double_val=[0.1]),
        records.tensor(300, dtype=types.DT_INT64, int64_val=[-5]),
        *(records.frame(medium.SerializeToString()) for medium in MEDIA),
    ):
        event = good[framing.HEADER_SIZE : -framing.FOOTER_SIZE]
        for at in range(len(event)):
            spoilt = [
                records.frame(event[:at] + bytes([byte]) + event[at + 1 :]) for byte in range(256)
            ]
            compare([b"".join([good, good, *spoilt, good])])


def test_on_everything_cut_anywhere(records: Records) -> None:
    data = b"".join([records.version(), *records.scalars(range(4)), records.start(2)])
    for cut in range(len(data) + 1):
        compare([data[:cut], data])


def test_on_any_byte_spoilt(records: Records) -> None:
    good = b"".join(records.scalars(range(3)))
    for at in range(len(good)):
        compare([good[:at] + bytes([good[at] ^ 0x11]) + good[at + 1 :]])


def test_on_noise_and_on_absurd_lengths(records: Records) -> None:
    for seed in range(50):
        compare([random.Random(seed).randbytes(seed)])
    for length in (2**31, 2**32, 2**62, 2**63, 2**64 - 1):
        header = struct.pack("<Q", length)
        compare([header + records.frame(header)[20:24] + b"x" * 40])


def test_on_real_logs(logs: Path) -> None:
    for path in sorted(logs.rglob("*tfevents*")):
        compare([path.read_bytes()])


def test_on_tags_that_change_what_they_hold(records: Records) -> None:
    """A tag that is found to be no scalar's, after the kernel knows its shape."""
    one = {"dtype": types.DT_FLOAT, "float_val": [1.0]}
    plain = [records.tensor(step, **one) for step in range(3)]
    for plugin in PLUGINS:
        named = records.tensor(9, plugin=plugin, **one)
        lists = records.tensor(9, plugin=plugin, dtype=types.DT_FLOAT, float_val=[1, 2])
        simple = records.scalar(2.0, 8, plugin=plugin)
        for first in (named, lists, simple):
            compare([b"".join([*plain, first, *plain, first, *plain]), b"".join(plain)])


def test_on_a_tensor_that_is_none_of_a_tag_that_is_no_scalar(records: Records) -> None:
    """Nothing is wanted of it, and yet it makes its record no event: a field's number is 0."""
    named = records.tensor(1, plugin="histograms", dtype=types.DT_FLOAT, float_val=[1])
    tensor = b"\x00\x01\x2a\x04\0\0\0\0"
    value = b"\x0a\x04loss\x42" + bytes([len(tensor)]) + tensor
    summary = b"\x0a" + bytes([len(value)]) + value
    odd = records.frame(b"\x2a" + bytes([len(summary)]) + summary)
    compare([named + odd + named])


def test_on_short_records_after_a_tag_lost_its_shape(records: Records) -> None:
    """Of every length, so that no length is taken for that of the shape that is gone."""
    double = {"dtype": types.DT_DOUBLE, "double_val": [1.0]}
    gone = [
        records.tensor(1, **double),
        records.tensor(2, **double),
        records.tensor(3, plugin="histograms", **double),
    ]
    for step in [1 << bits for bits in range(0, 64, 7)]:
        for size in range(40):
            head = Event(wall_time=1.0, step=step - (1 << 63)).SerializeToString()
            for prefix in (
                head,
                head[:9],
                Event(wall_time=1.0, step=step % 2**63).SerializeToString(),
            ):
                compare(
                    [
                        b"".join(
                            [*gone, records.frame(prefix + b"\x1a" + bytes([size]) + b"x" * size)]
                        )
                    ]
                )


def test_with_ten_thousand_tags_in_changing_order(records: Records) -> None:
    order = random.Random(1)
    tags = [f"tag/{order.randrange(10_000):05}" for _ in range(20_000)]
    compare([b"".join(records.scalar(1.0, step, tag) for step, tag in enumerate(tags))] * 2)


# ---- the parts of the kernel that the framing has too --------------------------------------------


@given(st.binary(max_size=300), st.integers(0, 5))
def test_the_checksum_is_crc32c_with_and_without_hardware(data: bytes, start: int) -> None:
    from tb_trainmon.event_files import kernel  # noqa: PLC0415  (only where it is compiled)

    expected = reference_crc32c(data[start:])
    assert (
        kernel.checksum(data[start:]) == kernel.checksum(data[start:], hardware=False) == expected
    )


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([b"\0", b"\0\0\0\0", b"\1", b"\xff", b"a record", b"\0" * 9])),
    st.integers(0, 30),
    st.none() | st.integers(0, 60),
)
def test_headers_are_found_at_the_same_places(
    records: Records, pieces: list[bytes], start: int, stop: int | None
) -> None:
    from tb_trainmon.event_files import kernel  # noqa: PLC0415

    data = b"".join(records.frame(piece) if b"a" in piece else piece for piece in pieces)
    found = kernel.find_header(data, start, stop)
    assert found == framing.find_header(data, start, stop)


# ---- what only a compiled module can do wrong ----------------------------------------------------

_STATM = Path("/proc/self/statm")


def test_arrays_outlive_the_decoder_and_the_batch(records: Records) -> None:
    arrays = []
    for number in range(200):
        decoder = new_decoder()
        decoder.feed(b"".join(records.scalars(range(number, number + 70))))
        arrays.append(decoder.take().scalars["loss"].step[-1:])
    assert [int(array[0]) for array in arrays] == [number + 69 for number in range(200)]


@pytest.mark.skipif(not _STATM.exists(), reason="Linux alone tells so easily.")
def test_no_memory_is_lost(records: Records) -> None:
    """Reading the same thing a thousand times takes as much as reading it ten times."""
    data = b"".join([records.version(), *records.scalars(range(2000)), records.start(3)])

    def read(times: int) -> int:
        for _ in range(times):
            decoder = new_decoder()
            decoder.feed(data)
            decoder.take()
            decoder.feed(data)
        return _resident()

    before = read(50)
    assert read(1000) - before < 2_000_000


def _resident() -> int:
    return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_others_run_while_it_walks(records: Records) -> None:
    """The kernel holds no lock: a second thread counts on meanwhile."""
    data = b"".join(records.scalars(range(2000))) * 300
    counted, done = [0], threading.Event()

    def count(until: Callable[[], bool]) -> None:
        while not until():
            counted[0] += 1

    counter = threading.Thread(target=count, args=(done.is_set,))
    counter.start()
    decoder = new_decoder()
    before = counted[0]
    decoder.feed(data)
    during = counted[0] - before
    done.set()
    counter.join()
    assert during > 0
    assert math.isclose(decoder.pending_points, 600_000)
