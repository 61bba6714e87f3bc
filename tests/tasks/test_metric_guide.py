"""Every metric that leads a kind of training is explained."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tb_trainmon.tasks.kinds import ADVERSARY, kind_called, kind_names
from tb_trainmon.tasks.metric_guide import guide
from tb_trainmon.tasks.metric_names import measure_names

MISSING = "these have no texts in tb_trainmon/tasks/metric_guide.json"
# Explained together, as speed.
_SPEED = {"tokens_per_second", "samples_per_second", "steps_per_second", "env_fps", "throughput"}


@pytest.mark.parametrize("kind", kind_names())
def test_what_leads_is_explained(kind: str) -> None:
    order = [name for names in kind_called(kind, "").order for name in names.split("|")]
    leads = [name for name in order if "*" not in name and name != ADVERSARY]
    alike = {name: name.removeprefix("eval_") for name in leads}
    unexplained = [n for n in leads if n not in guide() and alike[n] not in guide()]
    assert unexplained == [], MISSING


def test_every_measure_of_quality_is_explained() -> None:
    """Each may lead, where a kind of training takes a measure of any name."""
    assert sorted(measure_names() - guide().keys()) == [], MISSING


def test_a_measure_without_texts_has_those_of_the_one_that_it_is_read_like() -> None:
    assert guide()["fvd"] == guide()["eval_fvd"] == guide()["fid"]


@pytest.mark.parametrize("name", sorted(guide()))
def test_an_explanation_is_sentences(name: str) -> None:
    for text in asdict(guide()[name]).values():
        assert text[0].isupper() or text.startswith("exp(loss)") or text[0].isdigit()
        assert text.endswith((".", "!"))
        assert "  " not in text


def test_a_speed_says_its_unit() -> None:
    units = {"tokens_per_second": "tokens", "samples_per_second": "samples", "env_fps": "Steps"}
    assert all(unit in guide()[name].meaning for name, unit in units.items())
    assert guide().keys() >= _SPEED
