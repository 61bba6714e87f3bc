"""How many steps a task is to take: every record that says so, and nothing guessed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tb_trainmon.tasks.found.claims import claims_of_texts
from tb_trainmon.tasks.found.records import (
    SideFiles,
    parse_object,
    says_language_model,
    whole_number,
)
from tb_trainmon.tasks.found.total_names import total_names
from tests.tasks.scenes import HOURS, NOW, LogFile, Stage

_HF = "the arguments that the Hugging Face Trainer logged"


pytestmark = pytest.mark.wherever


def total(stage: Stage, task: str = "run") -> tuple[int, str] | None:
    found = stage.judged(task).total
    return (found.steps, found.source) if found else None


def trained(stage: Stage, run: str = "run") -> LogFile:
    return stage.file(run).train(range(10, 51, 10), NOW)


def test_without_a_record_there_is_no_total(stage: Stage) -> None:
    """A schedule that falls to zero is none."""
    file = stage.file()
    for step in range(10):
        file.log(step, NOW + step, {"train/loss": 1.0, "train/learning_rate": 1 - step / 10})
    task = stage.judged()
    assert (task.total, task.progress, task.eta) == (None, None, None)


def test_max_steps_of_the_trainers_arguments_go_before_its_epochs(stage: Stage) -> None:
    trained(stage).text("args/text_summary", '{"max_steps": 500, "num_train_epochs": 3.0}')
    assert total(stage) == (500, f"max_steps in {_HF}")


def test_epochs_are_turned_into_steps_by_the_latest_point(stage: Stage) -> None:
    """-1 is the default and means that epochs count."""
    file = stage.file().text("args/text_summary", '{"max_steps": -1, "num_train_epochs": 3}')
    file.log(10, NOW, {"train/loss": 1.0, "train/epoch": 0.5})
    assert total(stage) == (60, f"num_train_epochs in {_HF}, at 20 steps an epoch")
    file.log(25, NOW + 1, {"train/loss": 1.0, "train/epoch": 1.0})
    assert total(stage) == (75, f"num_train_epochs in {_HF}, at 25 steps an epoch")


@pytest.mark.parametrize(
    "arguments", ["", "no json", "[]", '{"max_steps": 0}', '{"max_steps": -1}']
)
def test_arguments_that_say_nothing_are_no_total(stage: Stage, arguments: str) -> None:
    trained(stage).text("args/text_summary", arguments)
    assert total(stage) is None


def test_the_latest_attempt_says_how_far_it_goes(stage: Stage) -> None:
    for n, steps in enumerate((100, 300)):
        file = stage.file(created=NOW + 1000 * n, pid=n)
        file.text("args/text_summary", json.dumps({"max_steps": steps}))
        file.train(range(10, 51, 10), NOW + 1000 * n)
    assert total(stage) == (300, f"max_steps in {_HF}")


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("train_iters", "1000", 1000),  # Megatron
        ("train_iters/text_summary", " 1000 ", 1000),
        ("steps/text_summary", "150001", 150001),  # maxtext: one text a key
        ("hyperparameters", "|param|value|\n|-|-|\n|lr|0.1|\n|total_timesteps|500000|", 500000),
        ("Hyperparameters", "trainer_type:\tppo\nmax_steps:\t5.0e5", 500000),  # ML-Agents
        ("config", "lr=1e-3 | total_steps=200", 200),
        ("config", '{"lr": 0.1, "max_steps": 2000, "seed": 1}', 2000),
        ("config", "`max_steps` = 1_000_000", 1_000_000),
        ("config", "max_steps: 1,000,000.", 1_000_000),
        ("config", "max_steps=100,lr=0.1", 100),
        ("config", "max_steps=1e6", 1_000_000),
        ("config", "BATCH_SIZE: 32\nMAX_ITER: 5000", 5000),
        ("command", "train.py --max-train-steps 5000 --lr 0.1", 5000),
        ("sys.argv", "fairseq-train data --max-update 50000 --warmup-updates 4000", 50_000),
        ("sys.argv", "['fairseq-train', 'data', '--max-update', '50000']", 50_000),
        ("hyperparameters", "|n_epochs|4|\n|num_iterations|488|\n|total_timesteps|9e5|", 900_000),
        # tianshou: an epoch ends with the collect that reaches its steps
        ("args", "Namespace(epoch=10, step_per_epoch=30000, step_per_collect=2048)", 307_200),
        ("args", "Namespace(epoch=10, step_per_epoch=30000, step_per_collect=10)", 300_000),
    ],
)
def test_a_text_states_a_total(stage: Stage, tag: str, text: str, expected: int) -> None:
    trained(stage).text(tag, text)
    found = total(stage)
    assert found is not None
    assert found[0] == expected
    assert tag in found[1]


@pytest.mark.parametrize(
    "text",
    [
        "max_steps: -1",
        "max_steps=100.5",
        "max_steps=1e",
        "max_steps=12abc",
        "num_max_steps: 5",
        "we took max_steps to be large",
        "max_steps=99999999999999999999",
        "",
    ],
)
def test_a_text_that_states_no_whole_number_is_none(text: str) -> None:
    assert not list(claims_of_texts({"config": text}))


@pytest.mark.parametrize("name", ["max_steps", "trainer/max_steps", "train.max_steps", "MAX_STEPS"])
def test_hyper_parameters_state_a_total(stage: Stage, name: str) -> None:
    stage.file().hparams({name: 700.0, "lr": 0.1}).train(range(10, 51, 10), NOW)
    assert total(stage) == (700, "max_steps in the hyper-parameters")


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("num_iters: 6", [6]),
        ("num_iters: 6\nepochs: 40", [40]),
        ("num_iters: 6\ntotal_steps: 900", [900]),
        ("num_iters: 6\nsteps_per_epoch: 9", [6]),
    ],
)
def test_what_may_count_within_a_step_is_no_total_beside_what_does_not(
    text: str, amounts: list[int]
) -> None:
    assert [claim.amount for claim in claims_of_texts({"config": text})] == amounts


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("hparams.yml", "max_train_steps: 50\nnum_train_epochs: 4\n", "max_train_steps"),
        ("hparams.yaml", "max_steps: 50\n", "max_steps"),
        ("hparams.yaml", "model: !!python/object:my.Model {x: 1}\nmax_steps: 50\n", "max_steps"),
        ("args.yaml", "task: detect\nepochs: 50\nbatch: 16\n", "epochs"),
        ("opt.yaml", "epochs: 50\n", "epochs"),
        ("agent.yaml", "seed: 1\nmax_iterations: 50\n", "max_iterations"),
        ("agent.yaml", "trainer:\n  timesteps: 50\n", "trainer.timesteps"),
        ("config.json", '{"env": "doom", "train_for_env_steps": 50}', "train_for_env_steps"),
        ("training_options.json", '{"total_kimg": 50, "seed": 0}', "total_kimg"),
        ("pipeline.config", "train_config {\n  num_steps: 50\n}\n", "num_steps"),
        (".hydra/config.yaml", "trainer:\n  max_steps: 50\n", "trainer.max_steps"),
        ("trainer_log.jsonl", '{"current_steps": 10, "total_steps": 50}\n', "total_steps"),
        ("trainer_state.json", '{\n  "log_history": [],\n  "max_steps": 50\n}', "max_steps"),
    ],
)
def test_a_file_beside_the_events_states_a_total(
    stage: Stage, name: str, content: str, expected: str
) -> None:
    trained(stage)
    path = stage.logdir / "run" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    told = (50, f"{expected} in {path.name}")
    assert total(stage) == told, "files and names are listed in tb_trainmon/tasks/total_names.json"


def test_each_listed_file_can_be_read() -> None:
    """What is read is YAML, of which JSON is a part, JSON Lines, or numbers by line."""
    endings = {Path(name).suffix for name in total_names().files}
    assert endings <= {".yaml", ".yml", ".json", ".jsonl", ".config"}


def test_the_configuration_that_isaac_lab_keeps_counts_beside_the_run(stage: Stage) -> None:
    trained(stage, "date/PPO_1")
    (stage.logdir / "date" / "params").mkdir()
    (stage.logdir / "date" / "params" / "agent.yaml").write_text("n_timesteps: 5e6\n")
    assert total(stage, "date/PPO_1") == (5_000_000, "n_timesteps in agent.yaml")


def test_a_file_in_a_folder_of_the_run_counts(stage: Stage) -> None:
    """RSL-RL writes ``params/agent.yaml``."""
    trained(stage)
    (stage.logdir / "run" / "params").mkdir()
    (stage.logdir / "run" / "params" / "agent.yaml").write_text("max_iterations: 1500\n")
    assert total(stage) == (1500, "max_iterations in agent.yaml")


def test_the_configuration_that_hydra_keeps_counts_above_the_run(stage: Stage) -> None:
    trained(stage, "date/tensorboard/version_0")
    (stage.logdir / "date" / ".hydra").mkdir()
    (stage.logdir / "date" / ".hydra" / "config.yaml").write_text("trainer: {max_steps: 50}\n")
    assert total(stage, "date/tensorboard/version_0") == (50, "trainer.max_steps in config.yaml")


def test_a_file_above_several_tasks_is_nobodys(stage: Stage) -> None:
    trained(stage, "a")
    trained(stage, "b")
    (stage.logdir / "hparams.yaml").write_text("max_steps: 50\n")
    assert total(stage, "a") is None
    assert total(stage, "b") is None


@pytest.mark.parametrize(
    "content", ["", "- 1\n- 2\n", "a: [", "epochs: many", "\x00", "epochs: -1"]
)
def test_a_file_that_says_nothing_sensible_is_none(stage: Stage, content: str) -> None:
    trained(stage)
    (stage.logdir / "run" / "args.yaml").write_text(content)
    assert total(stage) is None


def test_the_last_line_of_a_large_log_counts(stage: Stage) -> None:
    """LLaMA-Factory changes the total when it resumes; the log has many megabytes by then."""
    trained(stage)
    path = stage.logdir / "run" / "trainer_log.jsonl"
    line = json.dumps({"current_steps": 1, "total_steps": 10, "pad": "x" * 4000}) + "\n"
    path.write_text(line * 2000 + '{"current_steps": 9, "total_steps": 777}\n')
    assert path.stat().st_size > 8_000_000
    assert total(stage) == (777, "total_steps in trainer_log.jsonl")


def test_a_line_that_is_being_written_is_passed_over(stage: Stage) -> None:
    trained(stage)
    path = stage.logdir / "run" / "trainer_log.jsonl"
    path.write_text('{"current_steps": 1, "total_steps": 60}\n{"current_steps": 2, "tot')
    assert total(stage) == (60, "total_steps in trainer_log.jsonl")


def test_the_latest_checkpoint_states_a_total(stage: Stage) -> None:
    """Its history may be many megabytes long; the number stands behind it."""
    trained(stage, "out/tb")
    history = [{"loss": 1.0, "step": step} for step in range(100_000)]
    for step, steps in ((20, 50), (40, 90)):
        folder = stage.logdir / "out" / f"checkpoint-{step}"
        folder.mkdir()
        state = {"log_history": history, "max_steps": steps, "stateful_callbacks": {"x": {}}}
        (folder / "trainer_state.json").write_text(json.dumps(state, indent=2, sort_keys=True))
        os.utime(folder, (NOW + step, NOW + step))
    assert total(stage, "out/tb") == (90, "max_steps in checkpoint-40/trainer_state.json")


def test_remaining_seconds_and_seconds_a_step_state_a_total(stage: Stage) -> None:
    """Detectron2: the seconds of those steps that follow the current one."""
    stage.file().log(99, NOW, {"total_loss": 1.0, "eta_seconds": 450.0, "time": 0.5})
    assert total(stage) == (1000, "the remaining time that the trainer logged")


def test_events_go_before_files_and_both_before_the_configuration(stage: Stage) -> None:
    (stage.logdir / "trainmon.toml").write_text("[[task]]\npattern = 'run'\ntotal_steps = 63\n")
    file = trained(stage)
    assert total(stage) == (63, "trainmon.toml")
    (stage.logdir / "run" / "args.yaml").write_text("epochs: 62\n")
    assert total(stage) == (62, "epochs in args.yaml")
    file.text("train_iters", "61")
    assert total(stage) == (61, "the text 'train_iters'")


def test_what_the_reader_typed_comes_last(stage: Stage) -> None:
    trained(stage)
    typed = stage.opened().judged(typed_total=100)
    assert typed.total is not None
    assert (typed.total.steps, typed.total.source, typed.progress) == (100, "typed by you", 0.5)
    (stage.logdir / "run" / "args.yaml").write_text("epochs: 80\n")
    found = stage.opened().judged(typed_total=100).total
    assert found is not None
    assert found.steps == 80


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (3.0, 3),
        ("1,000", 1000),
        ("1_000", 1000),
        (True, None),
        (0, None),
        (-5, None),
        (2.5, None),
        (float("nan"), None),
        (float("inf"), None),
        (1e300, None),
        (10**400, None),
        (None, None),
        ([], None),
        ("x", None),
    ],
)
def test_a_whole_number_is(value: object, expected: int | None) -> None:
    assert whole_number(value) == expected


def test_text_that_is_no_object_is_none() -> None:
    """Also a thousand opening brackets, which are one too many for the parser."""
    assert parse_object('{"n": 3}') == {"n": 3}
    for text in ("", "[1]", "{", "[" * 100_000, None):
        assert parse_object(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["LlamaForCausalLM"]', True),
        ('["GPT2LMHeadModel"]', True),
        ('["BertForMaskedLM"]', False),
        (None, False),
    ],
)
def test_a_configuration_names_a_language_model(text: str | None, expected: bool) -> None:
    assert says_language_model(text) is expected


def test_a_side_file_is_read_once_for_each_state(tmp_path: Path) -> None:
    path = tmp_path / "args.yaml"
    side_files = SideFiles()
    assert side_files.yaml(str(path)) is None
    path.write_text("epochs: 1\n")
    first = side_files.yaml(str(path))
    assert first == {"epochs": 1}
    assert side_files.yaml(str(path)) is first
    path.write_text("epochs: 22\n")
    assert side_files.yaml(str(path)) == {"epochs": 22}
    path.write_text("broken: [")
    assert side_files.yaml(str(path)) is None
    path.unlink()
    assert side_files.yaml(str(path)) is None


@pytest.mark.parametrize(("first", "last", "status"), [(0, 18, "stopped"), (1, 20, "completed")])
def test_steps_that_each_end_with_an_evaluation_are_epochs(
    stage: Stage, first: int, last: int, status: str
) -> None:
    file = stage.file().hparams({"epochs": 20.0})
    for epoch in range(first, last + 1):
        file.log(epoch, NOW + 60 * epoch, {"loss/train": 1.0}).log(
            epoch, NOW + 60 * epoch + 50, {"loss/val": 1.0}
        )
    stage.advance(48 * HOURS)
    task = stage.judged()
    assert task.total is not None
    assert (task.total.steps, task.verdict.status) == (20, status)


def test_steps_that_each_end_with_an_evaluation_are_epochs_behind_a_resume_too(
    stage: Stage,
) -> None:
    for n, (first, last) in enumerate([(1, 12), (13, 20)]):
        file = stage.file(created=NOW + 9_000 * n, pid=n).hparams({"epochs": 30.0})
        for epoch in range(first, last + 1):
            at = NOW + 9_000 * n + 60 * (epoch - first + 1)
            file.log(epoch, at, {"loss/train": 1.0}).log(epoch, at + 5, {"loss/val": 1.0})
    found = total(stage)
    assert found is not None
    assert found[0] == 30


def test_steps_with_an_evaluation_now_and_then_are_no_epochs(stage: Stage) -> None:
    file = stage.file().hparams({"epochs": 20.0})
    for step in range(18):
        file.log(step, NOW + 60 * step, {"loss/train": 1.0})
        if step % 2:
            file.log(step, NOW + 60 * step + 50, {"loss/val": 1.0})
    assert stage.judged().total is None


@pytest.mark.parametrize(("first", "zero"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_the_number_of_the_running_epoch_tells_how_long_one_is(
    stage: Stage, first: int, zero: int
) -> None:
    """200 steps an epoch, logged every 30: no point lies at an epoch's end."""
    file = stage.file().hparams({"epochs": 100.0})
    for step in range(30, 4_000, 30):
        epoch = (step - 1) // 200 + first
        file.log(step - zero, stage.now, {"train/loss": 1.0 / step, "train/epoch": epoch})
        stage.advance(1)
    assert total(stage) == (20_000, "epochs in the hyper-parameters, at 200 steps an epoch")


def test_an_epoch_that_is_logged_too_rarely_tells_nothing(stage: Stage) -> None:
    file = stage.file().hparams({"epochs": 100.0})
    for step in range(150, 1_000, 150):
        file.log(step, stage.now, {"train/loss": 1.0 / step, "train/epoch": step // 200})
        stage.advance(1)
    assert total(stage) is None


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("val/loss", 6_600),
        ("epoch/train_loss", 6_600),
        ("train/loss_epoch", 6_600),
        ("loss/G", None),
    ],
)
def test_a_counter_of_epochs_beside_the_steps_tells_how_long_one_is(
    stage: Stage, tag: str, expected: int | None
) -> None:
    """A generator's rounds go up by one as well, and are no epochs."""
    file = stage.file().hparams({"epochs": 30.0})
    for step in range(10, 1_101, 10):
        file.log(step, NOW + step, {"train/loss": 1.0 / step})
        if step % 220 == 0:
            file.log(step // 220, NOW + step + 0.1, {tag: 1.0 / step})
    found = total(stage)
    assert (found and found[0]) == expected
