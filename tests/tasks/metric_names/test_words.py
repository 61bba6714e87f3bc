"""The words of a tag, whatever separates them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_trainmon.tasks.metric_names import meaning_of
from tb_trainmon.tasks.metric_names.table import table

_SAID = ["value", "loss"]


def words(tag: str) -> list[str]:
    return [word for part in table().dictionary.read(tag) for word in part]


@pytest.mark.parametrize(
    "tag", ["value_loss", "Value Loss", "value-loss", "ValueLoss", "value.loss", "Value / loss"]
)
def test_separators_and_case_do_not_matter(tag: str) -> None:
    assert words(tag) == _SAID


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("lr", ["learningrate"]),
        ("Learning Rate", ["learningrate"]),
        ("approxkl", ["approx", "kl"]),
        ("train/gnorm", ["train", "grad", "norm"]),
        ("global_step/sec", ["global", "step", "persecond"]),
        ("tok/s", ["token", "persecond"]),
        ("mAP50", ["map50"]),
        ("训练/损失", ["train", "loss"]),
        ("", []),
        ("///", []),
    ],
)
def test_other_spellings_are_the_same_words(tag: str, said: list[str]) -> None:
    assert words(tag) == said


@given(st.text(max_size=60), st.sampled_from(["run", "run/train", "validation", ""]))
def test_any_text_may_be_a_tag(tag: str, run: str) -> None:
    meaning = meaning_of(tag, run)
    assert meaning.rank >= 0
    assert (meaning.metric is None) == (meaning.name is None)


@given(st.sampled_from(["train/loss", "eval/loss", "grad_norm", "rollout/ep_rew_mean"]))
def test_capitals_change_nothing(tag: str) -> None:
    assert meaning_of(tag.upper(), "a") == meaning_of(tag, "a") == meaning_of(tag.title(), "a")


@pytest.mark.parametrize("tag", ["t" * 1_000_000, "loss/" * 200_000, "lossklacc" * 100_000])
def test_a_tag_of_a_million_characters_is_read_soon(tag: str) -> None:
    began = time.thread_time()
    meaning_of(tag, "run")
    assert time.thread_time() - began < 1.0
