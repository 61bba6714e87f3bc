"""What is logged is what it was when it was logged, and no accelerator is waited for."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tb_trainmon import TaskLogger
from tb_trainmon.training_logs import values


class Tensor:
    """Behaves as a torch tensor on a GPU does, and notes who waits for it."""

    def __init__(self, values: list[float], versions: list[int], readers: list[str]) -> None:
        self.device = SimpleNamespace(type="cuda")
        self._values, self._versions, self.readers = values, versions, readers

    @classmethod
    def of(cls, value: float) -> Tensor:
        return cls([value], [0], [])

    @property
    def _version(self) -> int:
        return self._versions[0]

    def detach(self) -> Tensor:
        return Tensor(self._values, self._versions, self.readers)

    def clone(self) -> Tensor:
        return Tensor(list(self._values), [0], self.readers)

    def fill_(self, value: float) -> None:
        self._values[0] = value
        self._versions[0] += 1

    def item(self) -> float:
        self.readers.append(threading.current_thread().name)
        time.sleep(0.05)
        return self._values[0]


def test_an_array_that_is_changed_later(logdir: Path, written: Any) -> None:
    loss = np.array(1.5)
    with TaskLogger(logdir, "bert", logging_steps=2) as log:
        for step in (2, 3):
            log.step(step, loss=loss)
            loss += 1.0
    assert [row.metrics for row in written.rows("step")] == [{"loss": 1.5}, {"loss": 2.5}]


def test_a_tensor_on_a_device_that_is_changed_later(logdir: Path, written: Any) -> None:
    loss = Tensor.of(1.5)
    with TaskLogger(logdir, "bert", logging_steps=1) as log:
        log.step(1, loss=loss)
        log.evaluation(1, loss=loss)
        loss.fill_(9.0)
    assert written.rows("step")[0].metrics == {"loss": 1.5}
    assert written.rows("eval")[0].metrics == {"eval_loss": 1.5}
    assert set(loss.readers) == {"trainmon-writer"}


def test_a_tensor_of_a_step_that_is_not_recorded_is_neither_copied_nor_read(
    logdir: Path, written: Any
) -> None:
    tensors = [Tensor.of(float(step)) for step in range(1, 20)]
    with TaskLogger(logdir, "bert", logging_steps=10) as log:
        for step, loss in enumerate(tensors, 1):
            log.step(step, loss=loss)
    assert [step for step, loss in enumerate(tensors, 1) if loss.readers] == [10, 19]
    assert written.recorded_steps() == [10, 19]
    assert written.rows("step")[-1].metrics == {"loss": 19.0}


def test_the_last_step_says_nothing_of_a_tensor_that_has_changed_since(
    logdir: Path, written: Any, caplog: pytest.LogCaptureFixture
) -> None:
    running = Tensor.of(1.0)
    with TaskLogger(logdir, "bert", logging_steps=10) as log:
        log.step(1, running=running, loss=0.5)
        running.fill_(0.0)
    assert written.rows("step")[0].metrics == {"loss": 0.5}
    assert "leaves out 'running'" in caplog.text


def test_a_configuration_that_is_changed_later(logdir: Path, written: Any) -> None:
    config: dict[str, Any] = {"lr": 0.1, "layers": [1, 2]}
    config["itself"] = config
    with TaskLogger(logdir, "bert", config=config) as log:
        config["layers"].append(3)
        config["lr"] = 0.2
        assert log.flush()
    [attempt] = written.attempts()
    assert attempt.config is not None
    assert (attempt.config["lr"], attempt.config["layers"]) == (0.1, [1, 2])


def test_a_configuration_that_holds_a_data_set_is_kept_without_most_of_it(
    logdir: Path, written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice itself, each time in itself, would be written a million times over."""
    monkeypatch.setattr(values, "LONGEST_JSON", 1 << 20)
    config: dict[str, Any] = {"ids": list(range(100_000)), "text": "x" * 10**6, "lr": 0.1}
    config |= {"children": [config] * 10}
    config["children"] += [config] * 10
    with TaskLogger(logdir, "bert", config=config) as log:
        assert log.flush()
    [attempt] = written.attempts()
    assert attempt.config is not None
    assert attempt.config["ids"][:2] + attempt.config["ids"][-2:] == [0, 1, 9_999, "…"]
    assert attempt.config["text"].endswith("… (934,464 more characters)")
    assert attempt.config["lr"] == 0.1


def test_numbers_of_steps_may_come_from_other_libraries(logdir: Path, written: Any) -> None:
    with TaskLogger(
        logdir,
        "bert",
        total_steps=np.int64(20),
        logging_steps=np.int32(5),
        start_step=10.0,
    ) as log:
        for step in range(11, 21):
            log.step(np.int64(step), loss=np.float32(0.5))
    assert written.task().total_steps == 20
    assert written.attempts()[0].start_step == 10
    assert written.recorded_steps() == [15, 20]


@pytest.mark.parametrize("wrong", ["many", None, 2**63, float("nan")])
def test_a_number_of_steps_that_is_none_is_said_at_once(logdir: Path, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        TaskLogger(logdir, "bert", logging_steps=wrong)
