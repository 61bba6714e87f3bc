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
        ("learning.rate", ["learningrate"]),
        ("tgs (tokens/gpu)", ["token", "persecond", "per", "gpu", "token", "per", "gpu"]),
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


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        # What stands behind the word "loss" names one of its parts, before it how it is computed.
        ("train/loss_ce", ("loss", 7)),
        ("train/CE loss", ("loss", 4)),
        ("train_CEloss", ("loss", 4)),
        ("train/diff_loss", ("loss", 7)),
        # A measure in a folder of losses is no loss, a distance there is one.
        ("Loss/NDCG", ("eval_ndcg", 0)),
        ("loss/iou", ("loss", 7)),
        # Of a gallery, and of a process.
        ("Rank-1", ("eval_rank_1", 1)),
        ("loss/rank_1", ("loss", 9)),
        # ... but PPO's objective is the policy's, and an objective's loss is a loss.
        ("loss_objective", ("policy_loss", 0)),
        ("objective_loss", ("loss", 1)),
        # A generator's loss leads; its parts come next, and those of its adversary last.
        ("loss_G", ("loss", 3)),
        ("Generator", ("loss", 4)),
        ("loss_G_cycle", ("loss", 7)),
        ("loss/g/0", ("loss", 7)),
        ("loss_D", ("loss", 8)),
        ("Loss/D/loss", ("loss", 8)),
        ("C3D/train_loss", ("loss", 0)),
        ("Grads/actor", ("grad_norm", 2)),
        # A number behind it names a part, one before it counts the charts.
        ("train_loss_1", ("loss", 7)),
        ("3.Loss/1.Total_weighted_loss", ("loss", 1)),
        ("val_loss/dataloader_idx_0", ("eval_loss", 5)),
        ("training/ce", ("loss", 5)),
        # Copies of one thing are said to be so by a part of their own.
        ("Episode-Steps/rank_0", ("episode_length", 1)),
        ("Rollout/Success_Rate/lift", ("success_rate", 4)),
        ("Reward/episode", ("reward", 0)),
        # What the folder says holds where the last part only says which one it is.
        ("reward/mean_ext", ("reward", 2)),
        ("Reward/height", (None, 0)),
        # A letter of another part says nothing.
        ("eval/c4_en-validation/CrossEntropyLoss", ("eval_loss", 5)),
        ("val/clip_loss", ("eval_loss", 5)),
        # Returns are rewards where a policy plays, and what a critic is trained on beside one.
        ("Eval/AverageReturns", ("eval_reward", 0)),
        ("critic/returns/mean", (None, 0)),
        # A score is a reward, but where a measure says of what it is the score.
        ("val/f1_score", ("eval_f1", 3)),
        ("throughput/total_tokens", (None, 0)),
        ("prompt_length/clip_ratio", (None, 0)),
        ("Time/Epoch", (None, 0)),
        ("lambada/acc", ("eval_accuracy", 0)),
        ("train/gsm8k/reward", ("reward", 1)),
    ],
)
def test_words_say_what_a_tag_is(tag: str, name: tuple[str | None, int]) -> None:
    meaning = meaning_of(tag, "run")
    known = meaning.name if meaning.name not in ("tokens_seen", "epoch") else None
    told = (known, meaning.rank if known else 0)
    assert told == name, "what words mean is said in tb_trainmon/tasks/metric_names/roles.json"
