"""What counts as what. The framing and the disk have their own tests."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto import types_pb2 as types
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from tb_trainmon.event_files.batch import Batch
from tb_trainmon.event_files.decoder import Why
from tb_trainmon.event_files.reader import new_decoder

if TYPE_CHECKING:
    from tests.event_files.conftest import Records


def decode(*records: bytes) -> Batch:
    decoder = new_decoder()
    stop = decoder.feed(b"".join(records))
    assert (stop.why, stop.not_events) == (Why.REACHED, ())
    return decoder.take()


def points(batch: Batch, tag: str = "loss") -> list[tuple[int, float]]:
    column = batch.scalars[tag]
    return list(zip(column.step.tolist(), column.value.tolist(), strict=True))


# ---- scalars -------------------------------------------------------------------------------------


def test_scalars_come_in_file_order_with_step_and_wall_time(records: Records) -> None:
    """Also when steps go back: what that means is decided elsewhere."""
    parts = [records.value(step, 100.5 + step, tag="a", simple_value=step) for step in (5, 9, 2)]
    column = decode(*parts).scalars["a"]
    assert column.step.tolist() == [5, 9, 2]
    assert column.wall_time.tolist() == [105.5, 109.5, 102.5]
    assert column.value.tolist() == [5.0, 9.0, 2.0]
    assert [part.dtype.str for part in (column.step, column.wall_time, column.value)] == [
        "<i8",
        "<f8",
        "<f8",
    ]


def test_tags_that_are_logged_together_keep_their_own_points(records: Records) -> None:
    """Few points of many tags are handed out in one piece, and steps that they share once."""
    logged = [
        records.value(step, 100.0 + step + at, tag=tag, simple_value=10.0 * step + at)
        for step in (1, 2, 3)
        for at, tag in enumerate("abcd")
        if tag != "c" or step != 2
    ]
    decoder = new_decoder()
    decoder.feed(b"".join(logged))
    scalars = decoder.take().scalars
    decoder.feed(records.value(4, 104.0, tag="a", simple_value=40.0))
    assert decoder.take().scalars["a"].step.tolist() == [4]
    for at, tag in enumerate("abcd"):
        steps = [1, 3] if tag == "c" else [1, 2, 3]
        assert scalars[tag].step.tolist() == steps
        assert scalars[tag].wall_time.tolist() == [100.0 + step + at for step in steps]
        assert scalars[tag].value.tolist() == [10.0 * step + at for step in steps]


def test_values_are_float32_as_stored(records: Records) -> None:
    assert points(decode(records.scalar(0.1, 1))) == [(1, float(np.float32(0.1)))]


def test_nan_and_infinities_are_kept(records: Records) -> None:
    values = [1.0, math.nan, math.inf, -math.inf, -0.0]
    column = decode(*(records.scalar(value, 1) for value in values)).scalars["loss"]
    assert column.value.tobytes() == np.array(values).tobytes()


def test_an_event_without_a_step_has_step_0(records: Records) -> None:
    assert points(decode(records.scalar(2.0, 0), records.scalar(3.0, 0))) == [(0, 2.0), (0, 3.0)]


def test_one_event_may_hold_many_scalars(records: Records) -> None:
    values = [Summary.Value(tag=tag, simple_value=1.0) for tag in "abcab"]
    batch = decode(records.event(7, summary=Summary(value=values)))
    assert {tag: len(column) for tag, column in batch.scalars.items()} == {"a": 2, "b": 2, "c": 1}


def test_a_simple_value_is_a_scalar_whatever_plugin_it_names(records: Records) -> None:
    """As with hp_metric."""
    assert points(decode(records.scalar(-1.0, 0, "hp_metric", "hparams")), "hp_metric") == [(0, -1)]


def test_the_plugin_that_a_tag_names_first_holds_for_its_later_values(records: Records) -> None:
    """TF2 writes the metadata with the first value alone."""
    first = records.tensor(1, plugin="scalars", dtype=types.DT_FLOAT, float_val=[1])
    later = [records.tensor(step, dtype=types.DT_FLOAT, float_val=[step]) for step in (2, 3)]
    assert points(decode(first, *later)) == [(1, 1), (2, 2), (3, 3)]


def test_the_plugin_is_remembered_from_batch_to_batch(records: Records) -> None:
    decoder = new_decoder()
    decoder.feed(records.tensor(1, plugin="histograms", dtype=types.DT_FLOAT, float_val=[1]))
    assert decoder.take().scalars == {}
    decoder.feed(records.tensor(2, dtype=types.DT_FLOAT, float_val=[1]))
    assert decoder.take().scalars == {}


def test_a_lone_number_of_no_known_plugin_is_a_scalar(records: Records) -> None:
    """The record that named the plugin may be lost."""
    assert points(decode(records.tensor(4, dtype=types.DT_DOUBLE, double_val=[0.1]))) == [(4, 0.1)]


@pytest.mark.parametrize("plugin", ["histograms", "images", "pr_curves", "mesh"])
def test_tensors_of_other_plugins_are_no_scalars(records: Records, plugin: str) -> None:
    part = records.tensor(1, plugin=plugin, dtype=types.DT_FLOAT, float_val=[1])
    assert decode(part).scalars == {}


def test_a_tensor_summary_without_a_tag_is_named_by_its_node(records: Records) -> None:
    tensor = {"dtype": types.DT_FLOAT, "float_val": [1.0]}
    assert points(decode(records.value(1, node_name="node", tensor=tensor)), "node") == [(1, 1)]


def test_images_histograms_and_graphs_are_stepped_over(records: Records) -> None:
    parts = [
        records.value(1, tag="i", image=Summary.Image(encoded_image_string=b"png" * 1000)),
        records.value(2, tag="h", histo=HistogramProto(bucket=[1, 2], bucket_limit=[3, 4])),
        records.event(3, graph_def=b"g" * 100),
        records.event(4, log_message={"message": "hello"}),
        records.scalar(1.0, 5),
    ]
    batch = decode(*parts)
    assert list(batch.scalars) == ["loss"]
    assert batch.events == 5
    assert batch.bytes_read == sum(map(len, parts))


def test_of_a_picture_the_tag_and_the_time_are_told_if_it_has_one(records: Records) -> None:
    picture = Summary.Image(encoded_image_string=b"png")
    parts = [records.value(1, at, tag=tag, image=picture) for tag, at in (("a", 9.5), ("b", 0.0))]
    assert decode(*parts).others == {"a": 9.5}


# ---- what is learnt about the layout of a file never changes what is read -----------------------

steps = st.one_of(st.integers(-3, 300), st.integers(-(2**63), 2**63 - 1))
wall_times = st.floats(allow_nan=False)
floats = st.floats(width=32)
tags = st.sampled_from(["loss", "a", "train/learning_rate", "é"])


@st.composite
def events(draw: st.DrawFn) -> Any:
    tag, step, value = draw(tags), draw(steps), draw(floats)
    kind = draw(st.sampled_from(["simple", "tensor", "first tensor", "two", "empty", "integer"]))
    one = Summary.Value(tag=tag)
    if kind == "integer":
        one.tensor.dtype = types.DT_INT32
        one.tensor.int_val.append(step % 1000)
    elif "tensor" in kind:
        one.tensor.dtype = types.DT_FLOAT
        one.tensor.float_val.append(value)
    elif kind != "empty":
        one.simple_value = value
    if kind == "first tensor":
        one.metadata.plugin_data.plugin_name = draw(st.sampled_from(["scalars", "histograms"]))
    values = [one, one] if kind == "two" else [one]
    return Event(wall_time=draw(wall_times), step=step, summary=Summary(value=values))


@settings(max_examples=300, deadline=None)
@given(st.lists(events(), max_size=30))
def test_many_events_are_read_as_each_of_them_by_protobuf(
    records: Records, sequence: list[Any]
) -> None:
    """The reference reads with the plainest rules and no short cut."""
    batch = decode(*(records.frame(event.SerializeToString()) for event in sequence))
    expected: dict[str, list[tuple[int, bytes, bytes]]] = {}
    plugins: dict[str, str] = {}
    for event in sequence:
        for value in event.summary.value:
            if value.HasField("metadata"):
                plugins.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
            known = plugins.get(value.tag, "") in ("", "scalars")
            if value.HasField("simple_value"):
                number = value.simple_value
            elif known and value.tensor.float_val:
                number = value.tensor.float_val[0]
            elif known and value.tensor.int_val:
                number = value.tensor.int_val[0]
            else:
                continue
            point = (event.step, struct.pack("<d", event.wall_time), struct.pack("<d", number))
            expected.setdefault(value.tag, []).append(point)
    found = {
        tag: [
            (int(step), struct.pack("<d", wall_time), struct.pack("<d", value))
            for step, wall_time, value in zip(
                column.step, column.wall_time, column.value, strict=True
            )
        ]
        for tag, column in batch.scalars.items()
    }
    assert found == expected


def test_ten_thousand_tags_are_read_too(records: Records) -> None:
    """What is learnt is bounded; what is read is not."""
    batch = decode(
        *(records.scalar(1.0, step, f"tag/{step % 10_000:05}") for step in range(20_000))
    )
    assert len(batch.scalars) == 10_000
    assert all(len(column) == 2 for column in batch.scalars.values())


# ---- everything else -----------------------------------------------------------------------------


def text(records: Records, tag: str, content: bytes, plugin: str = "text") -> bytes:
    return records.tensor(0, tag, plugin, dtype=types.DT_STRING, string_val=[content])


def test_the_latest_text_of_each_tag_is_told(records: Records) -> None:
    batch = decode(
        text(records, "args/text_summary", b"{}"),
        text(records, "note", b"one"),
        text(records, "note", b"two", plugin=""),
    )
    assert batch.texts == {"args/text_summary": "{}", "note": "two"}


def test_strings_of_no_known_plugin_are_texts_and_images_are_not(records: Records) -> None:
    """TF2 stores images as strings."""
    batch = decode(
        text(records, "lost", b"its first record is gone", plugin=""),
        text(records, "image", b"\x89PNG", plugin="images"),
        text(records, "image", b"\x89PNG", plugin=""),
    )
    assert batch.texts == {"lost": "its first record is gone"}


def hparams(records: Records, content: bytes) -> bytes:
    metadata = records.metadata("hparams", content)
    return records.value(tag="_hparams_/session_start_info", metadata=metadata)


def test_hyperparameters_are_read_with_their_types(records: Records) -> None:
    data = HParamsPluginData()
    stored = data.session_start_info.hparams
    stored["lr"].number_value = 0.001
    stored["optimizer"].string_value = "adam"
    stored["nesterov"].bool_value = False
    stored["none"].null_value = 0
    stored["unset"].SetInParent()
    stored["betas"].list_value.values.add().number_value = math.nan
    batch = decode(hparams(records, data.SerializeToString()))
    assert batch.hparams == {
        "betas": "[NaN]",
        "lr": 0.001,
        "nesterov": False,
        "none": None,
        "optimizer": "adam",
        "unset": None,
    }


@pytest.mark.parametrize("content", [b"", b"\xff\xff", HParamsPluginData().SerializeToString()])
def test_hyperparameters_that_cannot_be_read_are_none(records: Records, content: bytes) -> None:
    assert decode(hparams(records, content)).hparams is None


def test_a_session_start_counts_the_points_of_the_file_before_it(records: Records) -> None:
    """Over batches, and by tag."""
    decoder = new_decoder()
    decoder.feed(b"".join([records.start(0), *records.scalars(range(3))]))
    (first,) = decoder.take().session_starts
    assert (first.step, first.points_before) == (0, {})
    decoder.feed(records.scalar(1.0, 3) + records.scalar(1.0, 3, "acc") + records.start(2, 50.0))
    (second,) = decoder.take().session_starts
    assert (second.step, second.wall_time) == (2, 50.0)
    assert second.points_before == {"loss": 4, "acc": 1}


def test_the_end_of_a_session_is_no_start(records: Records) -> None:
    assert decode(records.event(1, session_log={"status": SessionLog.STOP})).session_starts == []


def test_the_times_are_those_of_all_plausible_events(records: Records) -> None:
    """An event without a time, or with a broken one, does not move them."""
    times = [0.0, 200.0, math.nan, -5.0, 100.0, math.inf, 300.0, 150.0]
    batch = decode(*(records.event(1, time, log_message={"message": "x"}) for time in times))
    assert (batch.first_wall_time, batch.last_wall_time) == (100.0, 300.0)
    scalars = decode(*(records.value(1, time, tag="a", simple_value=1) for time in times))
    assert (scalars.first_wall_time, scalars.last_wall_time) == (100.0, 300.0)
    assert len(scalars.scalars["a"]) == len(times)
    assert decode(records.event(1, 0.0)).first_wall_time is None


def test_the_writer_is_told(records: Records) -> None:
    assert decode(records.version()).writer == "tests"


# ---- stops ---------------------------------------------------------------------------------------


def test_a_torn_record_is_told_with_its_size(records: Records) -> None:
    whole = records.scalar(1.0, 1)
    for cut in range(1, len(whole)):
        stop = new_decoder().feed(whole + whole[:cut])
        assert (stop.why, stop.offset) == (Why.TORN, len(whole))
        assert cut < stop.needed <= len(whole)


def test_a_record_that_is_no_event_is_passed_over_and_told(records: Records) -> None:
    good, bad = records.scalar(1.0, 1), records.frame(b"\x0a\xffgarbage")
    decoder = new_decoder()
    stop = decoder.feed(good + bad + good)
    assert (stop.why, stop.not_events) == (Why.REACHED, (len(good),))
    assert decoder.take().events == 2


def test_a_record_of_no_bytes_is_an_event_that_says_nothing(records: Records) -> None:
    batch = decode(records.frame(b""), records.scalar(1.0, 1))
    assert (batch.events, len(batch.scalars["loss"])) == (2, 1)
