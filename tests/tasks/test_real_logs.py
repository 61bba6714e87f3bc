"""What real trainers left behind, judged: every folder as a log directory, listed and opened.

The answers were worked out by hand from the files (dumped with TensorBoard's own messages), the
design's section on meaning and what is known of each trainer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from tb_trainmon.tasks.judged.assessment import Assessment
from tb_trainmon.tasks.judged.timing.time_spent import together
from tests.tasks.scenes import Stage, told

LOGS = Path(__file__).parent.parent / "fixtures" / "logs"
LATER = 1_795_400_000.0  # two to four hours after the last of them ended

_HF = "the arguments that the Hugging Face Trainer logged"
_BY_STEPS = f"max_steps in {_HF}"


@dataclass(frozen=True)
class Expected:
    """What is to be said of a task; ``attempts`` as (kind, start step, last step, status)."""

    status: str
    step: int | None
    attempts: tuple[tuple[str, int, int, str], ...]
    total: tuple[int, str] | None = None
    perplexity: str = "offered"  # known, offered, logged, or none (there is no loss)
    reason: str = "; no end marker."
    launches: int = 0
    changed: tuple[str, ...] = ()


def once(last: int, status: str = "stopped", **more: object) -> Expected:
    """A task of one attempt from the beginning."""
    return Expected(status, last, (("first", 0, last, status),), **more)  # type: ignore[arg-type]


def hugging_face(
    *attempts: tuple[str, int, int, str], total: int = 100, **more: object
) -> Expected:
    """A task of the Hugging Face Trainer, which records its total and marks its end."""
    _, _, last, status = attempts[-1]
    ended = status == "completed"
    known: dict[str, object] = {
        "total": (total, _BY_STEPS),
        "perplexity": "known",
        "reason": "Found the trainer's end-of-training summary." if ended else "; no end marker.",
    }
    return Expected(status, last, attempts, **(known | more))  # type: ignore[arg-type]


PENDING = Expected(
    "pending", None, (), perplexity="none", launches=1, reason="No scalar has been logged since"
)
INTERRUPTED = hugging_face(("first", 0, 55, "stopped"), ("resume", 40, 100, "completed"))
NOT_A_LIKELIHOOD = {"perplexity": "offered"}

TASKS: dict[str, Expected] = {
    "transformers_v5/full": replace(
        hugging_face(("first", 0, 100, "completed")),
        total=(100, "max_steps in checkpoint-80/trainer_state.json"),
    ),
    "transformers_v5/interrupt_resume/tb": INTERRUPTED,
    "transformers_v5/default_layout": INTERRUPTED,
    "transformers_v5/restart_newlr/tb": hugging_face(
        ("first", 0, 40, "stopped"), ("restart", 0, 100, "completed"), changed=("learning_rate",)
    ),
    "transformers_v5/exception/tb": hugging_face(("first", 0, 30, "stopped")),
    "transformers_v5/sigkill/tb": hugging_face(("first", 0, 30, "stopped")),
    "transformers_v5/sigterm/tb": hugging_face(("first", 0, 30, "stopped")),
    "transformers_v5/earlystop/tb": hugging_face(
        ("first", 0, 33, "completed"),
        reason="Stopped early: the trainer's end-of-training summary at step 33 of 100.",
    ),
    "transformers_v5/nan/tb": hugging_face(("first", 0, 100, "completed")),
    "trl/sft/tb": hugging_face(("first", 0, 30, "completed"), total=30),
    "trl/dpo/tb": hugging_face(("first", 0, 30, "completed"), total=30, **NOT_A_LIKELIHOOD),
    "trl/grpo/tb": hugging_face(("first", 0, 6, "completed"), total=6, **NOT_A_LIKELIHOOD),
    "trl/reward/tb": hugging_face(("first", 0, 30, "completed"), total=30, **NOT_A_LIKELIHOOD),
    "lightning/full/my_model/version_0": once(80),
    "lightning/maxsteps/my_model/version_0": once(55),
    "lightning/exc/my_model/version_0": once(29),
    "lightning/kill/my_model/version_0": once(29),
    "lightning/term/my_model/version_0": once(29),
    "lightning/crash_at_start/my_model/version_0": PENDING,
    # Lightning calls a new folder a new version: without a table each is a task.
    "lightning/resume_newver/my_model/version_0": once(44),
    "lightning/resume_newver/my_model/version_1": once(80),
    "lightning/resume_samever/my_model/run1": Expected(
        "stopped", 80, (("first", 0, 44, "stopped"), ("resume", 39, 80, "stopped"))
    ),
    "lightning/restart_samever/my_model/run1": Expected(
        "stopped",
        80,
        (
            ("first", 0, 44, "stopped"),
            ("restart", 0, 80, "stopped"),
        ),
        changed=("lr",),
    ),
    # The loss is logged by epoch there: evaluations, which count iterations, move nothing.
    "keras3_tf/epoch_only": once(5),
    "keras3_tf/batch_freq": once(78),
    "keras3_tf/freq5": once(75),
    "keras3_tf/crash_before_first_scalar": PENDING,
    "keras3_tf/interrupt_restart": Expected(
        "stopped", 5, (("first", 0, 2, "stopped"), ("restart", 0, 5, "stopped"))
    ),
    # Training counts epochs here, evaluations count iterations anew from the resume.
    "keras3_tf/interrupt_resume": Expected(
        "stopped", 5, (("first", 0, 2, "stopped"), ("resume", 2, 5, "stopped"))
    ),
    "tensorboardX/plain": Expected(
        "completed",
        199,
        (("first", 0, 199, "completed"),),
        total=(200, "total_steps in the text 'config/text_summary'"),
        reason="Step 199, counted from 0, is the last of 200.",
    ),
    "tensorboardX/purge": Expected(
        "stopped", 199, (("first", 0, 119, "stopped"), ("resume", 99, 199, "stopped"))
    ),
    "tensorboardX/nopurge": Expected(
        "stopped", 199, (("first", 0, 119, "stopped"), ("restart", 0, 199, "stopped"))
    ),
    "tensorboardX/gs": once(2, perplexity="none"),
    "tensorboardX/suffix_unicode": Expected("stopped", 2, (("first", -1, 2, "stopped"),)),
    "torch_summarywriter/plain": Expected(
        "completed",
        199,
        (("first", 0, 199, "completed"),),
        total=(200, "total_steps in the text 'config/text_summary'"),
        reason="Step 199, counted from 0, is the last of 200.",
    ),
    "torch_summarywriter/purge": Expected(
        "stopped", 199, (("first", 0, 119, "stopped"), ("resume", 99, 199, "stopped"))
    ),
    "torch_summarywriter/nopurge": Expected(
        "stopped", 199, (("first", 0, 119, "stopped"), ("restart", 0, 199, "stopped"))
    ),
    "torch_summarywriter/newstyle": once(49),
    "torch_summarywriter/odd": Expected("stopped", 2, (("first", -1, 2, "stopped"),)),
    "stable_baselines3/ppo/PPO_1": once(6144),
    "stable_baselines3/dqn/DQN_1": once(6000),
    "stable_baselines3/ppo_twice/PPO_1": once(3072),
    "stable_baselines3/ppo_twice/PPO_2": once(3072),
    "stable_baselines3/ppo_int/PPO_1": Expected(
        "stopped", 9144, (("first", 0, 2816, "stopped"), ("resume", 3000, 9144, "stopped"))
    ),
    # Validation values at step = epoch, under the training tag, are no restarts.
    "mmengine/epoch/20261122_232256/vis_data": once(120),
    "mmengine/iter/20261122_232302/vis_data": once(120),
    "mmengine/stop/20261122_232322/vis_data": once(65),
    "accelerate/logs/text2image-fine-tune": once(
        52,
        "completed",
        # Its loop breaks at ``max_train_steps`` (50) inside an epoch, and goes on with the next.
        total=(52, "num_train_epochs in the hyper-parameters, at 13 steps an epoch"),
        perplexity="logged",
        reason="Step 52 reached the total of 52.",
    ),
}


def ancestors(task: str) -> list[str]:
    """The task's folder and all above it, up to the top ("")."""
    parts = task.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts) + 1)]


LOG_DIRECTORIES = sorted({folder for task in TASKS for folder in ancestors(task)})
# Only the checkpoints' configuration says that these train a language model.
KNOWN_BY_CHECKPOINT = [task for task in TASKS if task.startswith("transformers_v5/")]


def expected_in(logdir: str) -> dict[str, Expected]:
    """The tasks of a log directory by id."""
    found = {}
    for task, expected in TASKS.items():
        if task == logdir:
            sees_no_checkpoint = task in KNOWN_BY_CHECKPOINT and task.endswith("/tb")
            found["."] = replace(expected, perplexity="offered") if sees_no_checkpoint else expected
        elif not logdir or task.startswith(logdir + "/"):
            found[task.removeprefix(logdir).lstrip("/")] = expected
    return found


def perplexity_of(task: Assessment) -> str:
    found = [metric for metric in task.metrics if metric.name == "perplexity"]
    if found:
        return "known" if found[0].derived else "logged"
    return "offered" if any(o.metric.name == "perplexity" for o in task.offered) else "none"


def summary_of(task: Assessment) -> Expected:
    """What is said of a task, in the words of ``Expected``."""
    return Expected(
        status=task.verdict.status,
        step=task.step,
        attempts=tuple((a.kind, a.start_step, a.last_step or 0, a.status) for a in task.attempts),
        total=(task.total.steps, task.total.source) if task.total else None,
        perplexity=perplexity_of(task),
        launches=task.launches_without_scalars,
        changed=tuple(sorted({name for a in task.attempts for name in a.changed})),
        reason=task.verdict.reason,
    )


def test_every_folder_of_the_fixtures_is_covered() -> None:
    covered = {folder for folder in LOG_DIRECTORIES if folder.count("/") == 1}
    there = {str(path.relative_to(LOGS)) for path in LOGS.glob("*/*") if path.is_dir()}
    assert covered == there


@pytest.mark.parametrize("logdir", LOG_DIRECTORIES)
def test_tasks_attempts_totals_and_statuses_are_right(logdir: str) -> None:
    """The list and the opened task say the same, and it is what happened."""
    stage = Stage(LOGS / logdir, now=LATER)
    listed = stage.listed()
    expected = expected_in(logdir)
    assert set(listed) == set(expected)
    for task_id, wanted in expected.items():
        opened = stage.opened(task_id).assessment
        assert wanted.reason in opened.verdict.reason
        assert replace(summary_of(opened), reason=wanted.reason) == wanted, task_id
        assert told(listed[task_id]) == told(opened)
        assert opened.problems == ()
    assert stage.problems() == []


@pytest.mark.parametrize(
    ("logdir", "name"),
    [
        ("transformers_v5/default_layout", "default_layout"),
        ("keras3_tf/epoch_only", "epoch_only"),
        ("torch_summarywriter/plain", "plain"),
    ],
)
def test_a_task_that_is_the_log_directory_bears_its_name(logdir: str, name: str) -> None:
    (task,) = Stage(LOGS / logdir, now=LATER).listed().values()
    assert (task.layout.id, task.layout.name) == (".", name)


def test_of_every_metric_the_last_point_and_the_count_are_known_before_its_series() -> None:
    """A task of thousands of metrics is told of without making a series of each."""
    stage = Stage(LOGS, now=LATER)
    for task_id in stage.listed():
        opened = stage.opened(task_id)
        metrics = opened.assessment.metrics
        told = [(opened.count(metric), opened.latest(metric)) for metric in metrics]
        for metric, (count, point) in zip(metrics, told, strict=True):
            last = opened.series(metric.name).points[-1:].points
            assert count == len(opened.series(metric.name)), (task_id, metric)
            assert point.step.tolist() == last.step.tolist(), (task_id, metric)
            np.testing.assert_array_equal(point.value, last.value, str((task_id, metric)))


@pytest.mark.parametrize(
    ("logdir", "expected"),
    [
        ("transformers_v5/default_layout/runs", [("first", 0, 55), ("resume", 40, 100)]),
        ("transformers_v5/full/runs", [("first", 0, 100)]),
        ("transformers_v5/default_layout/runs/Nov22_22-36-04_vm", [("first", 40, 100)]),
        ("keras3_tf/interrupt_resume/train", [("first", 0, 2), ("resume", 2, 5)]),
        ("keras3_tf/interrupt_restart/train", [("first", 0, 2), ("restart", 0, 5)]),
        ("tensorboardX/nopurge/acc", [("first", 0, 100), ("restart", 0, 180)]),
        ("tensorboardX/purge/acc/train", [("first", 0, 180)]),
        ("torch_summarywriter/plain/acc_val", [("first", 0, 180)]),
    ],
)
def test_a_part_of_a_task_is_a_task_when_nothing_else_is_seen(
    logdir: str, expected: list[tuple[str, int, int]]
) -> None:
    (task,) = Stage(LOGS / logdir, now=LATER).listed().values()
    assert task.layout.id == "."
    assert [(a.kind, a.start_step, a.last_step) for a in task.attempts] == expected


def test_newest_activity_comes_first() -> None:
    stage = Stage(LOGS, now=LATER)
    times = [task.last_event_at or 0.0 for task in stage.listed().values()]
    assert times == sorted(times, reverse=True)


def test_changed_parameters_are_told_with_both_values() -> None:
    stage = Stage(LOGS, now=LATER)
    task = stage.opened("transformers_v5/restart_newlr/tb").assessment
    assert dict(task.attempts[1].changed) == {"learning_rate": [0.001, 0.005]}
    task = stage.opened("lightning/restart_samever/my_model/run1").assessment
    assert dict(task.attempts[1].changed) == {"lr": [0.01, 0.05]}


def test_times_are_those_of_the_events() -> None:
    stage = Stage(LOGS, now=LATER)
    task = stage.opened("transformers_v5/restart_newlr/tb").assessment
    first, second = task.attempts
    assert first.started_at == pytest.approx(1795386912.2, abs=0.1)
    assert first.ended_at == pytest.approx(1795386912.9, abs=0.1)
    assert second.started_at == pytest.approx(1795386919.8, abs=0.1)
    assert task.last_event_at == second.ended_at
    assert second.ended_at == pytest.approx(1795386922.7, abs=0.1)


def test_a_clock_that_cannot_be_right_is_not_believed() -> None:
    """One point of ``gs`` bears the time 4e9, another 0; the third one is right."""
    task = Stage(LOGS, now=LATER).opened("tensorboardX/gs").assessment
    assert task.last_event_at == pytest.approx(1795387334.8, abs=0.1)
    assert task.verdict.status == "stopped"


def test_end_of_run_summaries_are_facts_and_no_points_of_the_loss() -> None:
    stage = Stage(LOGS, now=LATER)
    task = stage.opened("transformers_v5/restart_newlr/tb")
    facts = dict(task.assessment.facts)
    assert facts.pop("framework") == "transformers"
    assert facts["final_train_loss"] == pytest.approx(2.70989, abs=1e-5)
    assert facts["final_train_runtime"] == "3 s"
    assert len(task.series("loss")) == 9 + 21
    assert "train/train_loss" in {metric.name for metric in task.assessment.metrics}


def test_the_demos_restarted_task_says_where_its_time_went() -> None:
    """At 30 steps a second: 2,400 new steps; 707 made again, then 145 behind the checkpoint."""
    stage = Stage(Path(__file__).parents[2] / "demo_logs", now=LATER)
    task = stage.opened("restarted")
    spent = together(each for _, each in task.time_spent(task.assessment))
    assert spent.training_s == pytest.approx(2400 / 30, rel=0.05)
    assert spent.repeated_s == pytest.approx((707 + 145) / 30, rel=0.05)
    assert spent.stalled_s == 0.0
