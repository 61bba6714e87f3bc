"""What a task trains, by what its tags say, and what leads then."""

from __future__ import annotations

import pytest

from tb_trainmon.tasks.kinds import kind_called, kind_names
from tests.tasks.scenes import NOW, Stage


def logged(stage: Stage, *tags: str, text: str = "") -> Stage:
    file = stage.file()
    if text:
        file.text("model_config/text_summary", text)
    for step in range(4):
        file.log(step, NOW + step, dict.fromkeys(tags, 0.1 * step))
    return stage


@pytest.mark.parametrize(
    ("tags", "kind", "lead"),
    [
        (("lm loss",), "language_model", ("loss", "perplexity")),
        (("rollout/ep_rew_mean", "train/loss"), "rl_control", ("reward", "loss")),
        (
            ("critic/rewards/mean", "response_length/mean"),
            "rl_post_training",
            ("reward", "response_length"),
        ),
        (("grpo/avg_reward", "grpo/loss"), "rl_post_training", ("reward", "loss")),
        (("train/kl", "train/avg_gen_length", "train/loss"), "rl_post_training", ("loss", "kl")),
        (("Critic_Loss", "Generator_Loss"), "gan", ("loss", "Critic_Loss")),
        (("critic_loss", "alpha"), "rl_control", ("value_loss",)),
        (
            ("rewards/chosen", "rewards/accuracies", "loss"),
            "rl_post_training",
            ("loss", "accuracy"),
        ),
        (("train/loss", "eval/accuracy"), "classification", ("eval_accuracy", "loss")),
        (("total_loss", "bbox/AP"), "detection", ("eval_ap", "loss")),
        (
            ("total_loss", "bbox/AP", "val/mAP", "bbox_loss"),
            "detection",
            ("eval_map", "loss", "eval_ap"),
        ),
        (("train/loss", "val/mAP", "val/acc"), "classification", ("eval_accuracy", "loss")),
        (("train/loss", "val/mAP", "train/loss_bbox", "acc"), "detection", ("eval_map", "loss")),
        (("loss", "mIoU"), "segmentation", ("eval_miou", "loss")),
        (("loss/g/total", "loss/d/total"), "gan", ("loss", "loss/d/total")),
        (("errG", "errD", "FID"), "gan", ("loss", "eval_fid", "errD")),
        (("mIoU", "mAcc", "aAcc"), "segmentation", ("eval_miou", "eval_aacc", "eval_macc")),
        (("train/loss", "eval/wer"), "speech", ("loss", "eval_wer")),
        (("train/loss", "eval/bleu"), "seq2seq", ("loss", "eval_bleu")),
        (("train/loss", "val/mae"), "regression", ("loss", "eval_mae")),
        (("train/loss",), "unknown", ("loss",)),
    ],
)
def test_tags_show_the_kind_and_what_leads(
    stage: Stage, tags: tuple[str, ...], kind: str, lead: tuple[str, ...]
) -> None:
    task = logged(stage, *tags).judged()
    told = (task.kind.name, task.lead[: len(lead)])
    assert told == (kind, lead), (
        "a tag's metric is said in tb_trainmon/tasks/metric_names/roles.json, "
        "what leads in tb_trainmon/tasks/kinds.json"
    )
    assert task.kind.reason.endswith(".")
    assert task.lead_metric is not None
    assert task.lead_metric.name == lead[0]
    assert [metric.name for metric in task.metrics][: len(lead)] == [*lead]


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("BertForSequenceClassification", "classification"),
        ("LlamaForCausalLM", "language_model"),
        ("WhisperForConditionalGeneration", "speech"),
        ("T5ForConditionalGeneration", "seq2seq"),
        ("DetrForObjectDetection", "detection"),
    ],
)
def test_the_model_that_the_trainer_recorded_shows_the_kind(
    stage: Stage, model: str, kind: str
) -> None:
    text = f'{{"architectures": ["{model}"]}}'
    assert logged(stage, "train/loss", text=text).judged().kind.name == kind


def test_where_nobody_knows_a_tag_the_busiest_that_moves_leads(stage: Stage) -> None:
    file = stage.file()
    for step in range(8):
        file.log(step, NOW + step, {"strict/foo": 1.0 * step, "strict/fixed": 1.0})
    file.log(9, NOW + 9, {"strict/bar": 2.0})
    task = stage.judged()
    assert (task.kind.name, task.lead) == ("unknown", ("strict/foo", "strict/bar"))
    assert task.lead_value == 7.0


def test_where_nobody_knows_a_tag_the_whole_leads_and_no_time_does(stage: Stage) -> None:
    file = stage.file()
    for step in range(8):
        tags = ("elapsed_hours", "l1", "metric", "train/vgg_mask")
        file.log(step, NOW + step, dict.fromkeys(tags, 1.0 * step))
        file.log(step, NOW + step, {"gpu_memory": 1.0 * step, "step_power": 2.0 * step})
    assert stage.judged().lead == ("metric", "l1")


def test_parts_of_a_reward_show_reinforcement_learning(stage: Stage) -> None:
    task = logged(stage, "reward/height", "reward/speed").judged()
    assert (task.kind.name, task.kind.reason) == (
        "rl_control",
        "It logs parts of a reward, as reinforcement learning does.",
    )


@pytest.mark.parametrize(
    ("tags", "kind"), [(["Score", "Epsilon"], "rl_control"), (["Score"], "unknown")]
)
def test_a_score_shows_reinforcement_learning_where_actions_explore(
    stage: Stage, tags: list[str], kind: str
) -> None:
    assert logged(stage, *tags).judged().kind.name == kind


@pytest.mark.parametrize("tag", ["score", "train/a_loss", "train/c_loss"])
def test_what_may_mean_a_reward_or_a_policys_loss_means_none_in_another_training(
    stage: Stage, tag: str
) -> None:
    task = logged(stage, "train/loss", "train/accuracy", "val/accuracy", tag).judged()
    assert task.kind.name == "classification"
    names = {metric.name for metric in task.metrics}
    assert names.isdisjoint({"reward", "policy_loss", "value_loss"})
    assert tag in names


def test_the_losses_of_three_senses_are_no_reinforcement_learning(stage: Stage) -> None:
    assert logged(stage, "train/v_loss", "train/a_loss").judged().kind.name == "unknown"


def test_a_measure_of_any_kind_leads_where_nothing_else_does(stage: Stage) -> None:
    assert logged(stage, "train/recall").judged().lead == ("recall",)


def test_a_task_without_a_scalar_has_no_lead(stage: Stage) -> None:
    stage.file()
    task = stage.listed()["run"]
    assert (task.lead, task.lead_metric, task.lead_value) == ((), None, None)


def test_the_configuration_names_another_kind_and_other_leads(stage: Stage) -> None:
    logged(stage, "train/loss", "custom/gap", "grad_norm")
    (stage.logdir / "trainmon.toml").write_text(
        '[[task]]\npattern = "run"\nkind = "gan"\nlead = ["custom/gap", "grad_norm"]\n'
    )
    task = stage.judged()
    assert (task.kind.name, task.kind.reason) == ("gan", "trainmon.toml says so.")
    assert task.lead[:3] == ("custom/gap", "grad_norm", "loss")
    assert task.lead_metric is not None
    assert task.lead_metric.name == "custom/gap"


def test_the_configuration_may_name_a_lead_by_its_tag(stage: Stage) -> None:
    logged(stage, "train/loss", "Metrics/val_mae", "custom/gap")
    (stage.logdir / "trainmon.toml").write_text(
        '[[task]]\npattern = "run"\nlead = ["Metrics/val_mae", "train/loss"]\n'
    )
    assert stage.judged().lead[:2] == ("eval_mae", "loss")
    listed = stage.listed()["run"].lead_metric
    assert listed is not None
    assert listed.name == "eval_mae"


def test_a_kind_that_nobody_knows_is_a_problem(stage: Stage) -> None:
    logged(stage, "train/loss")
    (stage.logdir / "trainmon.toml").write_text('[[task]]\npattern = "run"\nkind = "cooking"\n')
    assert stage.problems() == ["config_unreadable"]


def test_the_unknown_kind_is_the_last() -> None:
    assert kind_names()[-1] == "unknown"
    assert len({*kind_names()}) == len(kind_names())


def test_reinforcement_learning_of_a_language_model_leads_with_two_rows(stage: Stage) -> None:
    """As verl, TRL and slime call them: what a practitioner looks at, and what the machine does."""
    asked = {
        "critic/rewards/mean": "reward",
        "val-core/gsm8k/reward/mean@1": "eval_reward",
        "actor/ppo_kl": "kl",
        "actor/entropy": "entropy",
        "response_length/mean": "response_length",
        "response_length/clip_ratio": "answers_cut_off",
        "actor/pg_clipfrac": "clip_fraction",
        "frac_reward_zero_std": "groups_without_variance",
        "training/rollout_probs_diff_mean": "sampler_gap",
        "actor/grad_norm": "grad_norm",
        "perf/tokens_per_gpu_per_sec": "tokens_per_second",
        "perf/mfu/actor": "mfu",
    }
    quiet = (
        "rollout_corr/rollout_is_truncated_fraction",
        "training/rollout_actor_probs_pearson_corr",
        "sampling/importance_sampling_ratio/mean",
        "timing_per_token_ms/gen",
        "perf/mfu/actor_infer",
        "rollout/zero_std/count_0",
        "prompt_length/clip_ratio",
    )
    task = logged(stage, *asked, *quiet).judged()
    assert task.kind.name == "rl_post_training"
    assert {m.tag: m.name for m in task.metrics if m.name in task.lead} == asked
    assert task.lead == tuple(asked.values())


def test_a_nan_that_verl_writes_on_purpose_is_no_value_that_hides_the_rest(stage: Stage) -> None:
    """It writes NaN where a batch has no such answers, beside tags that have a number."""
    file = stage.file()
    for step in range(6):
        gap = float("nan") if step % 2 else 0.01
        file.log(
            step,
            NOW + step,
            {
                "critic/rewards/mean": 0.1 * step,
                "response_length/mean": 300.0 + step,
                "training/rollout_probs_diff_mean": gap,
            },
        )
    task = stage.judged()
    assert (task.kind.name, task.lead_value, task.step) == ("rl_post_training", 0.5, 5)
    assert task.lead == ("reward", "response_length", "sampler_gap")


def test_slime_counts_rollouts_beside_steps_and_stays_one_attempt(stage: Stage) -> None:
    """Its train tags count optimizer steps, its rollout tags rollouts, of several steps each."""
    file = stage.file()
    for rollout in range(10):
        at = NOW + 60.0 * rollout
        file.log(
            rollout, at, {"rollout/raw_reward": 0.05 * rollout, "rollout/truncated_ratio": 0.1}
        )
        for step in range(4 * rollout, 4 * rollout + 4):
            gap = {"train/train_rollout_logprob_abs_diff": 0.02, "train/loss": 0.001 * step}
            file.log(step, at + 10.0 * (step % 4 + 1), gap)
    task = stage.judged()
    assert task.kind.name == "rl_post_training"
    assert task.lead == ("reward", "answers_cut_off", "loss", "sampler_gap")
    assert len(task.attempts) == 1
    assert task.step == 39


def test_a_loss_beside_a_divergence_is_no_likelihood(stage: Stage) -> None:
    logged(stage, "lm loss", "actor/ppo_kl")
    assert "perplexity" not in {metric.name for metric in stage.judged().metrics}


def test_of_a_language_model_the_score_is_the_reward_and_the_return_in_control(
    stage: Stage,
) -> None:
    both = ("train/return", "train/reward")
    assert source_of(logged(stage, *both), "reward") == "train/return"
    logged(stage, *both, "train/response_length")
    assert source_of(stage, "reward") == "train/reward"


def source_of(stage: Stage, name: str) -> str:
    return next(metric.tag for metric in stage.judged().metrics if metric.name == name)


def test_where_no_whole_reward_is_logged_a_part_of_it_leads_under_its_own_tag(stage: Stage) -> None:
    logged(stage, "Reward/height", "losses/value_loss", "episode/length")
    judged = stage.judged()
    assert judged.lead[:2] == ("Reward/height", "episode_length")
    (listed,) = stage.listed().values()
    assert listed.lead_metric is not None
    assert listed.lead_metric.name == "Reward/height"


def test_the_choices_of_preferences_count_and_not_their_tokens(stage: Stage) -> None:
    tags = "mean_token_accuracy", "rewards/accuracies"
    task = logged(stage, *(f"train/{tag}" for tag in ("loss", "rewards/chosen", *tags))).judged()
    (accuracy,) = (metric for metric in task.metrics if metric.name == "accuracy")
    assert accuracy.tag == "train/rewards/accuracies"


def test_a_share_of_drawn_games_is_none_of_won_ones(stage: Stage) -> None:
    tags = "Environment/Cumulative Reward", "Custom/Draw Rate %", "Custom/Win Rate %"
    task = logged(stage, *tags).judged()
    named = {metric.tag: metric.name for metric in task.metrics if not metric.derived}
    assert [named[tag] for tag in tags] == ["reward", "draw_rate", "win_rate"]
    assert task.lead[:2] == ("reward", "win_rate")


@pytest.mark.parametrize(("kind", "is_neither"), [("gan", True), ("classification", False)])
def test_the_loss_of_those_who_play_against_one_another_is_no_better_when_smaller(
    kind: str, is_neither: bool
) -> None:
    assert ("loss" in kind_called(kind, "").neither) is is_neither
