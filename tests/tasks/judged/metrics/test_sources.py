"""Which tag each metric comes from, and what scalars without a canonical name are called."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tb_trainmon.tasks.metric_names import canonical_names, meaning_of
from tests.tasks.scenes import NOW, Stage, steps, values
from tests.tasks.tables import Table


def sources(stage: Stage, task: str = "run") -> dict[str, str]:
    """Tag by metric, of the metrics that are not computed."""
    return {m.name: m.tag for m in stage.judged(task).metrics if not m.derived}


@pytest.mark.parametrize(
    ("tag", "run", "role", "metric"),
    [
        ("train/loss", "a", "train", "loss"),
        ("Loss/train", "a", "train", "loss"),
        ("lm loss", "a", "train", "loss"),
        ("eval/loss", "a", "eval", "eval_loss"),
        ("epoch_loss", "a/train", "train", "loss"),
        ("epoch_loss", "a/validation", "eval", "eval_loss"),
        ("epoch_accuracy", "a/validation", "eval", "eval_accuracy"),
        ("learning_rate", "a/validation", "eval", None),
        ("test_loss", "a", "test", "eval_loss"),
        ("hp_metric", "a", "bookkeeping", None),
        ("train/total_flos", "a", "final", None),
        ("eval/samples_per_second", "a", "eval", None),
        ("train/train_samples_per_second", "a", "final", None),
        ("lm loss vs samples", "a", "bookkeeping", None),
        ("eval/mean_reward", "a", "eval", "eval_reward"),
        ("ray/tune/episode_reward_mean", "a", "train", "reward"),
        ("elapsed_time_ms_step", "a", "train", "step_time"),
        ("layers/3/scale", "a", "train", None),
    ],
)
def test_a_tag_means(tag: str, run: str, role: str, metric: str | None) -> None:
    meaning = meaning_of(tag, run)
    assert (meaning.role, meaning.metric) == (role, metric)


@pytest.mark.parametrize("name", sorted(canonical_names()))
def test_a_canonical_name_used_as_a_tag_means_itself(name: str) -> None:
    """So that the companion table can be written with them.

    A measure that takes a whole evaluation belongs to one, whether its name says so or not.
    """
    told = meaning_of(name, "training_logs").name
    assert told in (name, f"eval_{name}"), "its own words are none of its phrases in roles.json"


def test_the_better_ranked_source_is_taken_and_the_other_stays_reachable(stage: Stage) -> None:
    file = stage.file()
    for step in range(10):
        file.log(step, NOW + step, {"loss": 2.0, "train_loss": 3.0})
    assert sources(stage) == {"loss": "train_loss", "run:loss": "loss"}
    assert values(stage.opened(), "run:loss") == [2.0] * 10


def test_what_the_table_repeats_of_an_event_file_is_one_metric(stage: Stage) -> None:
    """A writer calls it "eval_runtime" in the one and "eval/runtime" in the other."""
    stage.file().train(range(3), NOW).log(3, NOW + 3, {"eval/runtime": 2.0, "train/odd": 1.0})
    Table(stage.logdir).task().log(3, NOW + 3, {"eval_runtime": 2.0, "odd": 1.0})
    assert {"eval/runtime", "train/odd"} <= sources(stage).keys()
    assert not {"eval_runtime", "odd"} & sources(stage).keys()


def test_of_equals_the_one_that_is_logged_much_more_often_is_taken(stage: Stage) -> None:
    file = stage.file()
    for step in range(64):
        file.log(step, NOW + step, {"z/accuracy": 0.5})
    file.log(60, NOW + 65, {"a/accuracy": 0.9})
    assert sources(stage)["accuracy"] == "z/accuracy"


def test_of_equals_the_plainest_is_taken(stage: Stage) -> None:
    file = stage.file()
    for step in range(10):
        file.log(step, NOW + step, {"a/big_dec_distill_loss": 2.0, "a/rec_loss": 3.0})
    assert sources(stage)["loss"] == "a/rec_loss"


def test_a_file_that_is_read_between_two_tags_does_not_change_the_source(stage: Stage) -> None:
    """Of two equals that are logged together, one is ahead at times: no reset for that."""
    file = stage.file()
    for step in range(5, 20):
        file.log(step, NOW + step, {"lr/b": 0.1})
        first = stage.opened().metric("learning_rate").tag if step > 5 else "lr/a"
        assert first == "lr/a"
        file.log(step, NOW + step, {"lr/a": 0.1})
        assert stage.opened().metric("learning_rate").tag == "lr/a"


def test_a_tag_that_two_runs_have_bears_the_runs_name(stage: Stage) -> None:
    stage.file("run", pid=1).log(1, NOW, {"custom": 1.0})
    stage.file("run/sub", pid=1, uid=1).log(1, NOW, {"custom": 2.0})
    assert sources(stage) == {"run:custom": "custom", "sub:custom": "custom"}
    opened = stage.opened()
    assert (values(opened, "run:custom"), values(opened, "sub:custom")) == ([1.0], [2.0])


def test_a_run_and_a_run_of_the_same_name_in_it_keep_their_scalars_apart(stage: Stage) -> None:
    stage.file("x", pid=1).log(1, NOW, {"custom": 1.0})
    stage.file("x/x", pid=1, uid=1).log(1, NOW, {"custom": 2.0})
    opened = stage.opened("x")
    metrics = {m.name: values(opened, m.name) for m in stage.judged("x").metrics if not m.derived}
    assert metrics == {"x:custom": [1.0], "x/x:custom": [2.0]}


def test_a_log_directory_that_is_a_run_is_called_by_a_dot(stage: Stage) -> None:
    stage.file("", pid=1).log(1, NOW, {"custom": 1.0})
    stage.file("sub", pid=1, uid=1).log(1, NOW, {"custom": 2.0})
    assert set(sources(stage, ".")) == {".:custom", "sub:custom"}


def test_a_tag_called_like_a_metric_that_it_is_not_bears_the_runs_name(stage: Stage) -> None:
    """The speed of an evaluation is no speed of training."""
    stage.file("exp/train").train(range(10), NOW, tag="epoch_loss")
    validation = stage.file("exp/validation", uid=1)
    validation.log(3, NOW + 4, {"samples_per_second": 900.0, "epoch": 3.0})
    metrics = {m.name: m.derived for m in stage.judged("exp").metrics}
    assert metrics == {
        "loss": None,
        "steps_per_second": "rate",
        "validation:epoch": None,
        "validation:samples_per_second": None,
    }


def test_loss_and_evaluation_are_by_epoch_or_by_iteration_alike(stage: Stage) -> None:
    """Keras logs evaluations by both."""
    evaluation = {
        "evaluation_loss_vs_iterations": 1.0,
        "evaluation_accuracy_vs_iterations": 0.5,
        "epoch_loss": 1.0,
        "epoch_accuracy": 0.5,
    }
    for task, prefix in (("epochs", "epoch"), ("batches", "batch")):
        train = {f"{prefix}_loss": 1.0, f"{prefix}_accuracy": 0.5}
        stage.file(f"{task}/train").log(1, NOW, train)
        stage.file(f"{task}/validation", uid=1).log(1, NOW, evaluation)
    by_epoch, by_batch = sources(stage, "epochs"), sources(stage, "batches")
    assert (by_epoch["eval_loss"], by_epoch["eval_accuracy"]) == ("epoch_loss", "epoch_accuracy")
    assert by_batch["eval_loss"] == "evaluation_loss_vs_iterations"
    assert by_batch["eval_accuracy"] == "evaluation_accuracy_vs_iterations"


def test_values_are_shown_in_the_metrics_unit(stage: Stage) -> None:
    """Milliseconds become seconds."""
    stage.file().log(1, NOW, {"elapsed_time_ms_step": 250.0})
    assert values(stage.opened(), "step_time") == [0.25]


def test_end_of_run_summaries_are_never_a_loss_curve(stage: Stage) -> None:
    """Two attempts of a Trainer that logs no steps leave two of them."""
    for n in range(2):
        file = stage.file(created=NOW + 100 * n, pid=n).text("args/text_summary", "{}")
        summary = {"train/total_flos": 1e9, "train/train_loss": 2.0}
        file.log(100, NOW + 100 * n + 50, summary)
    assert "loss" not in sources(stage)


def test_a_training_loss_of_the_summarys_name_is_a_loss(stage: Stage) -> None:
    stage.file().train(range(10), NOW, tag="train/train_loss")
    assert sources(stage) == {"loss": "train/train_loss"}


def test_speed_comes_from_the_wall_times_where_it_was_not_logged(stage: Stage) -> None:
    stage.file().train(range(0, 50, 10), NOW, every=5.0)
    opened = stage.opened()
    assert opened.metric("steps_per_second").note == "not logged; from the wall times of the points"
    assert steps(opened, "steps_per_second") == [10, 20, 30, 40]
    assert values(opened, "steps_per_second") == [2.0] * 4


def test_speed_is_in_samples_where_the_batch_is_on_record(stage: Stage) -> None:
    arguments = '{"per_device_train_batch_size": 8, "gradient_accumulation_steps": 2}'
    stage.file().text("args/text_summary", arguments).train(range(0, 50, 10), NOW, every=5.0)
    opened = stage.opened()
    assert values(opened, "samples_per_second") == [32.0] * 4
    assert "16 samples a step on each rank" in (opened.metric("samples_per_second").note or "")


def test_the_first_point_of_each_attempt_has_no_speed(stage: Stage) -> None:
    for n in range(2):
        stage.file(created=NOW + 900 * n, pid=n).train(range(10, 50, 10), NOW + 900 * n, every=5.0)
    assert values(stage.opened(), "steps_per_second") == [2.0] * 6


def test_a_logged_speed_is_taken_as_it_is(stage: Stage) -> None:
    file = stage.file()
    for step in range(5):
        file.log(step, NOW + step, {"loss": 1.0, "samples_per_second": 7.0})
    metrics = {m.name: m.derived for m in stage.judged().metrics}
    assert metrics == {"loss": None, "samples_per_second": None}


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("lm loss", ""),
        ("loss_metrics/global_avg_loss", ""),
        ("learning/loss", ""),
        ("train/loss", '{"architectures": ["LlamaForCausalLM"]}'),
        ("train/loss", '{"architectures": ["GPT2LMHeadModel"]}'),
    ],
)
def test_perplexity_is_computed_where_the_loss_is_a_language_models(
    stage: Stage, tag: str, text: str
) -> None:
    file = stage.file()
    if text:
        file.text("model_config/text_summary", text)
    file.log(1, NOW, {tag: 0.0}).log(2, NOW + 1, {tag: 1000.0})
    opened = stage.opened()
    assert opened.metric("perplexity").note == "exp(loss); not logged"
    first, second = values(opened, "perplexity")
    assert first == 1.0
    assert 1e300 < second < float("inf")


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        (("train/loss",), "nothing here says"),
        (("train/loss", "train/rewards/chosen"), "rewards or divergences"),
        (("train/loss", "train/reward"), "rewards or divergences"),
        (("train/loss", "train/kl"), "rewards or divergences"),
        (("train/box_loss",), "one component"),
    ],
)
def test_otherwise_perplexity_is_offered_with_a_reason(
    stage: Stage, tags: tuple[str, ...], why: str
) -> None:
    file = stage.file()
    if why != "nothing here says":
        file.text("model_config/text_summary", '{"architectures": ["LlamaForCausalLM"]}')
    file.log(1, NOW, dict.fromkeys(tags, 1.0))
    (offer,) = stage.judged().offered
    assert offer.metric.name == "perplexity"
    assert why in offer.why
    opened = stage.opened()
    assert opened.has("perplexity")
    assert values(opened, "perplexity") == [pytest.approx(2.718281828)]


def test_a_logged_perplexity_is_taken_as_it_is(stage: Stage) -> None:
    stage.file().log(1, NOW, {"lm loss": 1.0, "ppl": 5.0})
    task = stage.judged()
    assert values(stage.opened(), "perplexity") == [5.0]
    assert task.offered == ()


def test_beside_the_losses_of_a_policy_and_a_critic_a_part_is_no_whole_loss(stage: Stage) -> None:
    tags = ("losses/a_loss", "losses/c_loss", "losses/bounds_loss", "rewards/step")
    file = stage.file()
    for step in range(4):
        file.log(step, NOW + step, dict.fromkeys(tags, 0.5))
    assert sources(stage)["losses/bounds_loss"] == "losses/bounds_loss"
    assert "loss" not in sources(stage)
    assert stage.judged().loss is None


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ((), False),
        (("train/v_loss",), False),  # of sounds and pictures
        (("train/reward",), True),
        (("train/critic_loss",), True),
    ],
)
def test_a_loss_of_actions_is_a_policys_only_beside_what_is_an_agents(
    stage: Stage, more: Sequence[str], found: bool
) -> None:
    stage.file().log(1, NOW, dict.fromkeys(("train/total_loss", "train/a_loss", *more), 0.5))
    assert ("policy_loss" in sources(stage)) is found
    assert sources(stage)["loss"] == "train/total_loss"


def test_a_draw_is_no_win(stage: Stage) -> None:
    stage.file().log(1, NOW, {"Custom/Draw Rate %": 0.2, "Custom/Win Rate %": 0.5, "reward": 1.0})
    assert sources(stage)["win_rate"] == "Custom/Win Rate %"


@pytest.mark.parametrize("table", [False, True])
def test_of_scalars_without_number_the_first_are_listed_and_it_is_said(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, table: bool
) -> None:
    """A prompt or a step in a tag makes a series of each value."""
    monkeypatch.setattr("tb_trainmon.tasks.judged.metrics.sources.MOST_OTHERS", 3)
    monkeypatch.setattr("tb_trainmon.tasks.judged.metrics.left_out.MOST_OTHERS", 3)
    scalars = {f"x{number}": 1.0 for number in range(10)} | {"loss": 2.0}
    if table:
        rows = Table(stage.logdir).task().attempt(started_at=NOW)
        rows.log(1, at=NOW, metrics={**scalars}).log(2, at=NOW + 1, metrics={**scalars})
    else:
        stage.file().log(1, NOW, scalars).log(2, NOW + 1, scalars)
    opened = stage.opened()
    listed = [metric.name for metric in opened.assessment.metrics if not metric.derived]
    assert listed == ["loss", "x0", "x1", "x2"]
    (problem,) = opened.assessment.problems
    assert problem.code == "scalars_left_out"
    assert problem.message.startswith("Of its scalars 7 are not listed here:")


def test_names_without_end_are_no_series_and_it_is_said(stage: Stage) -> None:
    file = stage.file().log(1, NOW, {"loss": 1.0, "x" * 1001: 2.0, "y" * 1000: 3.0})
    assert sources(stage) == {"loss": "loss", "y" * 1000: "y" * 1000}
    file.log(2, NOW + 1, {"loss": 1.0, "z" * 5000: 2.0})
    opened = stage.opened()
    assert [problem.code for problem in opened.assessment.problems] == ["scalars_left_out"]
    assert set(stage.listed()) == {"run"}
