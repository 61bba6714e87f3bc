"""The share of a step that goes into a part of it, such as sampling answers."""

from __future__ import annotations

import pytest

from tests.tasks.scenes import NOW, LogFile, Stage, values

_REWARD = {"critic/rewards/mean": 0.5, "response_length/mean": 100.0}


def logged(file: LogFile, step: int, generation: float, whole: float) -> None:
    now = {"timing_s/gen": generation, "timing_s/step": whole}
    file.log(step, NOW + step, _REWARD | now)


@pytest.mark.parametrize(("part", "name"), [("timing_s/gen", "generation_share")])
def test_a_part_of_a_step_has_a_chart(stage: Stage, part: str, name: str) -> None:
    file = stage.file()
    for step in range(4):
        file.log(step, NOW + step, {part: 3.0, "timing_s/step": 5.0})
    charts = {metric.name for metric in stage.judged().metrics}
    assert name in charts, "what is a part of a step: tb_trainmon/tasks/metric_names/roles.json"
    assert values(stage.opened(), name) == [0.6, 0.6, 0.6, 0.6]


def test_it_leads_with_its_source_said(stage: Stage) -> None:
    file = stage.file()
    for step in range(4):
        logged(file, step, 3.0, 5.0)
    judged = stage.judged()
    (metric,) = [m for m in judged.metrics if m.name == "generation_share"]
    assert metric.note == "timing_s/gen / timing_s/step; not logged"
    assert "generation_share" in judged.lead
    assert values(stage.opened(), "generation_share") == [0.6, 0.6, 0.6, 0.6]


def test_it_follows_the_training(stage: Stage) -> None:
    file = stage.file()
    logged(file, 0, 1.0, 4.0)
    assert values(stage.opened(), "generation_share") == [0.25]
    logged(file, 1, 3.0, 4.0)
    assert values(stage.opened(), "generation_share") == [0.25, 0.75]


def test_what_goes_on_beside_the_step_is_no_share_of_it(stage: Stage) -> None:
    file = stage.file()
    for step in range(4):
        logged(file, step, 9.0, 5.0)
    assert "generation_share" not in {metric.name for metric in stage.judged().metrics}
