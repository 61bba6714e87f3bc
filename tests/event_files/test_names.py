from __future__ import annotations

import pytest

from tb_trainmon.event_files.names import EventFileName, parse_name, presentable

START = "events.out.tfevents."


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("1795387339.vm.29628.17", (1795387339.0, "vm", 29628, 17, "")),
        ("1795387393.vm.31125.2.v2", (1795387393.0, "vm", 31125, 2, ".v2")),
        ("1795387339.vm.29628.17.rank0", (1795387339.0, "vm", 29628, 17, ".rank0")),
        ("1795387339.vm.29628.17_eval", (1795387339.0, "vm", 29628, 17, "_eval")),
        ("1795387332.vm", (1795387332.0, "vm", None, None, "")),
        ("1795387332.vm.rank0", (1795387332.0, "vm", None, None, ".rank0")),
        ("1700000000.node-3.cluster.local.42.0", (1.7e9, "node-3.cluster.local", 42, 0, "")),
        ("1700000000.node-3.cluster.local", (1.7e9, "node-3.cluster.local", None, None, "")),
        ("1700000000.job_1_é機.42.0", (1.7e9, "job_1_é機", 42, 0, "")),
        ("1700000000.10.0.0.5", (1.7e9, "10.0.0.5", None, None, "")),
        ("1700000000.10.0.0.5.42.1", (1.7e9, "10.0.0.5", 42, 1, "")),
        ("1700000000.4f2a9.1.0.v2", (1.7e9, "4f2a9", 1, 0, ".v2")),
        ("1700000000", (1.7e9, None, None, None, "")),
        ("soon", (None, None, None, None, ".soon")),
    ],
)
def test_a_name_is_taken_apart_from_the_right(
    name: str, parts: tuple[float | None, str | None, int | None, int | None, str]
) -> None:
    """Hosts hold dots, underscores and any letter; a suffix may follow."""
    assert parse_name(START + name) == EventFileName(*parts)


def test_any_prefix_will_do() -> None:
    """TensorBoard asks only for "tfevents" in the name."""
    name = parse_name("my_model.tfevents.1700000000.vm.1.0")
    assert name == EventFileName(1.7e9, "vm", 1, 0, "")


@pytest.mark.parametrize(
    "name",
    [
        "trainer_state.json",
        START + "1700000000.vm.1.0.profile-empty",
        START + "1700000000.vm.meta",
        "." + START + "1700000000.vm.1.0.Xy12ab",
        "",
    ],
)
def test_other_names_are_no_event_files(name: str) -> None:
    """Neither what the profiler leaves nor rsync's unfinished copies."""
    assert parse_name(name) is None


def test_a_name_that_is_no_unicode_can_be_shown() -> None:
    """Lone surrogates, which stand for such bytes, would break JSON."""
    odd = b"caf\xe9.tfevents.1".decode("utf-8", "surrogateescape")
    assert parse_name(odd) is not None
    assert presentable(odd) == "caf\ufffd.tfevents.1"
