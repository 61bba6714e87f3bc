from __future__ import annotations

from types import SimpleNamespace

import pytest

from tb_trainmon.core import compiled
from tb_trainmon.event_files import reader
from tb_trainmon.event_files.python_decoder import PythonDecoder
from tb_trainmon.event_files.reader import VARIABLE, new_decoder, reader_in_use


def test_the_variable_forces_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "python")
    assert reader_in_use() == "python"
    assert isinstance(new_decoder(), PythonDecoder)


@pytest.mark.parametrize("origin", [None, "/somewhere/event_files/kernel.pyx"])
def test_a_kernel_that_was_not_compiled_is_not_used(
    monkeypatch: pytest.MonkeyPatch, origin: str | None
) -> None:
    """Its source is there all the same, and would be the slowest reader of all."""
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(compiled, "find_spec", lambda _: SimpleNamespace(origin=origin))
    # As in a process of its own: it is asked once for each.
    monkeypatch.setattr(reader, "is_compiled", compiled.is_compiled.__wrapped__)
    assert reader_in_use() == "python"
    assert isinstance(new_decoder(), PythonDecoder)
