"""Rates against their configuration and over a resume."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tb_trainmon.insights.rules.schedules import LR_RESTART_ON_RESUME, SCHEDULE_MISMATCH
from tests.insights.scenes import attempt, found

STEPS = np.arange(10, 2001, 10)


def course(name: str, total: int = 2000, warm_up: int = 200) -> npt.NDArray[np.float64]:
    done = np.clip((STEPS - warm_up) / (total - warm_up), 0.0, 1.0)
    shape = {"cosine": 0.5 * (1 + np.cos(np.pi * done)), "linear": 1 - done}.get(name)
    rate = np.ones(len(STEPS)) if shape is None else shape
    return 1e-3 * np.minimum(rate, STEPS / warm_up)


def configured(name: str, **more: Any) -> dict[str, Any]:
    fixed = {"max_steps": 2000, "warmup_steps": 200, "learning_rate": 1e-3}
    return {"lr_scheduler_type": name, **fixed, **more}


@pytest.mark.parametrize("name", ["cosine", "linear", "constant_with_warmup"])
def test_the_configured_schedule_is_followed(name: str) -> None:
    subject = attempt({"learning_rate": course(name)}, config=configured(name))
    assert not found(SCHEDULE_MISMATCH, subject)
    half = attempt({"learning_rate": course(name)[:100]}, config=configured(name))
    assert not found(SCHEDULE_MISMATCH, half)


@pytest.mark.parametrize(
    ("said", "done"),
    [("cosine", "constant"), ("constant_with_warmup", "linear"), ("linear", "cosine")],
)
def test_another_schedule_is_a_warning(said: str, done: str) -> None:
    subject = attempt({"learning_rate": course(done)}, config=configured(said))
    (finding,) = found(SCHEDULE_MISMATCH, subject)
    assert finding.severity == "warning"


def test_another_scale_is_another_group_of_parameters() -> None:
    subject = attempt({"learning_rate": 0.1 * course("cosine")}, config=configured("cosine"))
    assert not found(SCHEDULE_MISMATCH, subject)


def test_what_is_not_known_is_not_judged() -> None:
    rate = {"learning_rate": course("constant")}
    for config in (
        {},
        configured("inverse_sqrt"),
        configured("cosine", lr_scheduler_kwargs={"num_cycles": 2}),
        configured("cosine", max_steps=1500),  # more were trained than that
    ):
        assert not found(SCHEDULE_MISMATCH, attempt(rate, config=config))


def resumed(rate: npt.ArrayLike, **more: Any) -> list[Any]:
    before = attempt({"learning_rate": course("cosine")[:100]})
    after = attempt(
        {"learning_rate": rate}, number=2, kind="resume", start_step=1000, before=before, **more
    )
    return found(LR_RESTART_ON_RESUME, after)


def test_a_schedule_that_goes_on_is_healthy() -> None:
    assert not resumed(course("cosine")[100:])
    assert not resumed(np.append(0.0, course("cosine")[101:]))  # as first logged by some trainers


def test_a_second_warm_up_is_a_warning() -> None:
    (finding,) = resumed(course("cosine")[:100])
    assert finding.severity == "warning"
    assert finding.facts["after"] < finding.facts["before"]


def test_a_rate_at_its_top_again_is_one_too() -> None:
    before = attempt({"learning_rate": course("cosine")[:150]})
    rate = {"learning_rate": np.full(50, 1e-3)}
    after = attempt(rate, number=2, kind="resume", start_step=1500, before=before)
    assert len(found(LR_RESTART_ON_RESUME, after)) == 1


def test_a_second_warm_up_is_not_told_as_a_mismatch_too() -> None:
    before = attempt({"learning_rate": course("cosine")})
    again = attempt(
        {"learning_rate": course("cosine")},
        number=2,
        kind="resume",
        start_step=1000,
        before=before,
        config=configured("linear", max_steps=3000),
    )
    assert len(found(LR_RESTART_ON_RESUME, again)) == 1
    assert not found(SCHEDULE_MISMATCH, again)


def test_a_rate_that_was_changed_is_meant() -> None:
    assert not resumed(course("cosine")[:100], changed={"learning_rate": [1e-3, 5e-4]})


def test_a_first_attempt_was_not_resumed() -> None:
    assert not found(LR_RESTART_ON_RESUME, attempt({"learning_rate": course("cosine")}))
