"""The frameworks' tests never bring gigabytes of CUDA."""

from __future__ import annotations

import pytest

from build_support import torch_for_tests


def test_the_build_for_graphics_cards_is_known_by_what_comes_with_it() -> None:
    cpu = ["torch", "filelock", "nvidialike", "sympy"]
    gpu = ["torch", "nvidia-cudnn-cu13", "nvidia_nccl_cu13", "cuda-toolkit", "triton"]
    assert torch_for_tests.for_graphics_cards(cpu) == []
    assert torch_for_tests.for_graphics_cards(gpu) == gpu[1:]


def test_it_is_refused_and_nothing_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def install(*_: object, **__: object) -> None:
        raise AssertionError("nothing is to be installed")

    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr(torch_for_tests, "would_install", lambda: ["torch", "nvidia-nccl-cu13"])
    monkeypatch.setattr("subprocess.run", install)
    assert torch_for_tests.main() == 1
    said = capsys.readouterr().err
    assert "only for graphics cards" in said
    assert "make PYTHON=python3.11" in said


def test_a_torch_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def look() -> list[str]:
        raise AssertionError("nothing is to be asked")

    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    monkeypatch.setattr(torch_for_tests, "would_install", look)
    assert torch_for_tests.main() == 0
