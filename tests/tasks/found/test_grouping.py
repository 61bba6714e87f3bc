"""Which run directories are one task, by what they are called and where they lie."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from tb_trainmon.tasks.found.roots import Root, legible, roots_from_flags
from tests.tasks.scenes import NOW, Stage, attempts_of

pytestmark = pytest.mark.wherever


def make(stage: Stage, *runs: str, apart: float = 1000.0) -> None:
    """Runs that train one after another, each by a process of its own."""
    for n, run in enumerate(runs):
        stage.file(run, created=NOW + n * apart, pid=n + 1).train(
            range(10, 31, 10), NOW + n * apart + 1
        )


def runs_of(stage: Stage) -> dict[str, list[str]]:
    """The runs of each task."""
    return {id_: [run.path for run in task.layout.runs] for id_, task in stage.listed().items()}


def test_each_run_directory_is_a_task(stage: Stage) -> None:
    make(stage, "a", "b/c", "b/d")
    assert runs_of(stage) == {"a": ["a"], "b/c": ["b/c"], "b/d": ["b/d"]}


def test_folders_that_each_process_opened_at_once_are_one_task(stage: Stage) -> None:
    """An actor and a critic, launched again on the next day."""
    for n in range(2):
        at = NOW + 90_000 * n
        for uid, run in enumerate(("sac/actor", "sac/critic")):
            file = stage.file(run, created=at, pid=7 + n, uid=uid)
            file.train(range(100 * n + 10, 100 * n + 101, 10), at + 5, tag=f"{run[4:]}_loss")
    assert runs_of(stage) == {"sac": ["sac/actor", "sac/critic"]}
    assert attempts_of(stage.judged("sac")) == [("first", 0, 100), ("resume", 100, 200)]


@pytest.mark.parametrize(
    ("names", "apart", "pids"),
    [
        (("fold0", "fold1"), 0, (7, 7)),
        (("adam", "sgd"), 0, (7, 7)),
        (("actor", "critic"), 20, (7, 7)),
        (("actor", "critic"), 0, (7, 8)),
        (("actor", "critic"), 0, (None, None)),
    ],
)
def test_folders_of_trials_are_tasks(
    stage: Stage, names: tuple[str, ...], apart: float, pids: tuple[int | None, ...]
) -> None:
    """Folds of one process, what it trained in turn, and what two processes trained."""
    for n, (name, pid) in enumerate(zip(names, pids, strict=True)):
        at = NOW + n * apart
        stage.file(f"runs/{name}", created=at, pid=pid, uid=n).train(range(10, 31, 10), at + 1)
    assert set(runs_of(stage)) == {f"runs/{name}" for name in names}


def test_launch_folders_are_attempts_of_what_holds_their_runs_folder(stage: Stage) -> None:
    """The Hugging Face Trainer and torch make a new one at every launch."""
    make(stage, "out/runs/Nov22_22-35-55_host.example", "out/runs/Nov23_08-00-00_host.example")
    assert list(runs_of(stage)) == ["out"]
    assert attempts_of(stage.judged("out")) == [("first", 0, 30), ("restart", 0, 30)]


def test_launch_folders_of_a_log_directory_that_is_the_runs_folder(stage: Stage) -> None:
    """``tensorboard --logdir runs``, where torch's default writer logs."""
    make(stage, "runs/Nov22_22-35-55_node", "runs/Nov23_08-00-00_node", "runs/named")
    stage.look(logdir=stage.logdir / "runs")
    assert runs_of(stage) == {
        ".": ["Nov22_22-35-55_node", "Nov23_08-00-00_node"],
        "named": ["named"],
    }


def test_launch_folders_with_a_comment_behind_the_host_are_tasks(stage: Stage) -> None:
    """``SummaryWriter(comment=...)``: whoever gave it wanted to tell trainings apart."""
    make(stage, "runs/Nov22_22-35-55_nodeLR_0.1", "runs/Nov22_22-50-00_nodeLR_0.2")
    assert runs_of(stage) == {
        "runs/Nov22_22-35-55_nodeLR_0.1": ["runs/Nov22_22-35-55_nodeLR_0.1"],
        "runs/Nov22_22-50-00_nodeLR_0.2": ["runs/Nov22_22-50-00_nodeLR_0.2"],
    }


def test_a_date_elsewhere_is_only_a_name(stage: Stage) -> None:
    make(stage, "exp/Nov22_22-35-55_box", "exp/Nov23_08-00-00_box")
    assert list(runs_of(stage)) == ["exp/Nov23_08-00-00_box", "exp/Nov22_22-35-55_box"]


def test_the_add_scalars_folders_of_a_launch_folder_keep_their_place_in_every_launch(
    stage: Stage,
) -> None:
    for n, launch in enumerate(("Nov22_22-35-55_box", "Nov23_08-00-00_box")):
        at = NOW + 1000 * n
        stage.file(f"runs/{launch}", created=at, pid=n).train(range(10, 31, 10), at)
        stage.file(f"runs/{launch}/acc_val", created=at, pid=n, uid=1).log(30, at + 5, {"acc": 0.5})
    (task,) = stage.listed().values()
    assert [run.slot for run in task.layout.runs] == ["", "acc_val", "", "acc_val"]
    opened = stage.opened(".")
    assert opened.metric("eval_accuracy").slot == "acc_val"
    assert len(opened.series("eval_accuracy")) == 2


@pytest.mark.parametrize("other", ["validation", "val", "eval", "test", "dev"])
def test_siblings_called_like_parts_of_a_training_are_one_task(stage: Stage, other: str) -> None:
    stage.file("exp/train", pid=1).train(range(3), NOW, tag="epoch_loss")
    stage.file(f"exp/{other}", pid=1, uid=1).log(2, NOW + 2, {"epoch_loss": 0.4})
    stage.file("exp2", pid=2).train(range(3), NOW)
    runs = {task: set(runs) for task, runs in runs_of(stage).items()}
    assert runs == {"exp": {"exp/train", f"exp/{other}"}, "exp2": {"exp2"}}
    task = stage.judged("exp")
    assert {m.name: m.slot for m in task.metrics if not m.derived} == {
        "loss": "train",
        "eval_loss": other,
    }


def test_evaluations_of_several_data_sets_belong_to_the_training_that_wrote_them(
    stage: Stage,
) -> None:
    """T5X: ``training_eval/<task>`` beside ``train``."""
    stage.file("exp/train", pid=1).train(range(3), NOW)
    stage.file("exp/training_eval/wmt", NOW + 900, pid=1, uid=1).log(2, NOW + 901, {"bleu": 0.4})
    stage.file("exp/test/another", NOW + 900, pid=2).train(range(3), NOW + 900)
    assert runs_of(stage) == {
        "exp": ["exp/train", "exp/training_eval/wmt"],
        "exp/test/another": ["exp/test/another"],
    }


def test_siblings_whose_names_tell_the_part_are_one_task_if_one_process_wrote_them(
    stage: Stage,
) -> None:
    for n, name in enumerate(("unet", "vgg")):
        at = NOW + 1000 * n
        stage.file(f"runs/{name}_train", at, pid=n).train(range(3), at + 1, tag="loss")
        stage.file(f"runs/{name}_val", at + 1, pid=n, uid=1).log(2, at + 9, {"loss": 1.0})
        stage.file(f"runs/{name}_val/roc", at + 2, pid=n, uid=2).log(2, at + 9, {"auc": 1.0})
    stage.file("runs/bert_train", pid=7).train(range(3), NOW)
    stage.file("runs/bert_test", pid=8).train(range(3), NOW)
    assert runs_of(stage) == {
        "runs/unet_train": ["runs/unet_train", "runs/unet_val", "runs/unet_val/roc"],
        "runs/vgg_train": ["runs/vgg_train", "runs/vgg_val", "runs/vgg_val/roc"],
        "runs/bert_train": ["runs/bert_train"],
        "runs/bert_test": ["runs/bert_test"],
    }
    metrics = {m.name: m.slot for m in stage.judged("runs/unet_train").metrics if not m.derived}
    assert metrics == {"loss": "train", "eval_loss": "val", "auc": "val/roc"}


def trials(stage: Stage, names: str, apart: float) -> None:
    """TensorFlow's HParams: a file that says what is tried, and a folder for each trial in it."""
    stage.file("search", pid=1)
    for n, name in enumerate(names.split()):
        at = NOW + 5 + n * apart
        stage.file(f"search/{name}/train", at, pid=1, uid=2 * n + 1).train(
            range(10), at + 3, every=5.0
        )
        stage.file(f"search/{name}/validation", at + 4, pid=1, uid=2 * n + 2).log(
            9, at + 50, {"loss": 1.0}
        )


def test_trials_in_the_folder_of_their_search_are_trainings_of_their_own(stage: Stage) -> None:
    trials(stage, "run-0 run-1 run-2", apart=60.0)
    assert runs_of(stage) == {
        f"search/run-{n}": [f"search/run-{n}/train", f"search/run-{n}/validation"]
        for n in (2, 1, 0)
    }


def test_what_one_process_logs_side_by_side_is_no_search(stage: Stage) -> None:
    """Networks of one training, with a folder for each."""
    trials(stage, "actor critic", apart=3.0)
    assert list(runs_of(stage)) == ["search"]


def test_parts_of_a_training_that_are_written_in_turn_are_no_search(stage: Stage) -> None:
    stage.file("exp", pid=1)
    stage.file("exp/pretrain", NOW + 5, pid=1, uid=1).train(range(10), NOW + 9)
    stage.file("exp/test", NOW + 60, pid=1, uid=2).log(9, NOW + 70, {"accuracy": 0.9})
    assert list(runs_of(stage)) == ["exp"]


def test_ranks_that_began_together_are_one_task(stage: Stage) -> None:
    """Each rank writes into a folder of its own: torchtitan, MindSpeed."""
    for rank in range(3):
        stage.file(f"tb/rank_{rank}", NOW + rank, pid=rank + 1).train(range(9), NOW + 9)
    stage.file("other/rank_0", pid=7).train(range(3), NOW)
    stage.file("other/rank_1", NOW + 900, pid=8).train(range(3), NOW + 900)
    assert runs_of(stage) == {
        "tb": ["tb/rank_0", "tb/rank_1", "tb/rank_2"],
        "other/rank_0": ["other/rank_0"],
        "other/rank_1": ["other/rank_1"],
    }
    assert attempts_of(stage.judged("tb")) == [("first", 0, 8)]


def test_a_lone_folder_called_train_is_its_parents(stage: Stage) -> None:
    """Keras without validation; the task keeps its name when validation comes."""
    make(stage, "exp/train")
    assert runs_of(stage) == {"exp": ["exp/train"]}


def test_a_lone_folder_called_test_is_a_task_of_its_own(stage: Stage) -> None:
    """Somebody's first try, not a part of whatever holds it."""
    make(stage, "test", "exp/test", "other")
    assert runs_of(stage) == {"other": ["other"], "exp/test": ["exp/test"], "test": ["test"]}


def test_a_run_inside_a_run_belongs_to_it(stage: Stage) -> None:
    """What ``add_scalars`` and ``add_hparams`` make."""
    for n, run in enumerate(("run", "run/acc_train", "run/acc/val", "run/1700000000.5")):
        at = NOW + 1000 * n
        stage.file(run, created=at, pid=1, uid=n).train(range(10, 31, 10), at + 1)
    assert runs_of(stage) == {"run": ["run", "run/1700000000.5", "run/acc/val", "run/acc_train"]}


def test_what_another_process_trained_later_inside_a_run_is_a_task(stage: Stage) -> None:
    make(stage, "run", "run/finetuned", "run/finetuned/acc_val")
    stage.file("run/finetuned/acc_val", NOW + 1005, pid=2, uid=1).log(1, NOW + 1006, {"acc": 1.0})
    assert runs_of(stage) == {
        "run": ["run"],
        "run/finetuned": ["run/finetuned", "run/finetuned/acc_val"],
    }


def test_what_other_processes_made_while_a_run_was_written_belongs_to_it(stage: Stage) -> None:
    """An evaluator, a rank; and at any time what is called like an evaluation."""
    stage.file("run", pid=1).train(range(10, 3001, 10), NOW, every=10)
    stage.file("run/rank1", NOW + 20, pid=2).train(range(10, 31, 10), NOW + 21)
    stage.file("run/scores", NOW + 1500, pid=3).log(30, NOW + 1501, {"acc": 0.5})
    stage.file("run/final_eval", NOW + 90_000, pid=4).log(3000, NOW + 90_001, {"acc": 0.5})
    assert runs_of(stage) == {"run": ["run", "run/final_eval", "run/rank1", "run/scores"]}


def test_a_stray_event_file_at_the_top_does_not_swallow_all_runs(stage: Stage) -> None:
    make(stage, "a", "b", "c/d")
    stage.file("", created=NOW - 10_000, pid=99).log(1, NOW - 10_000, {"loss": 1.0})
    assert set(runs_of(stage)) == {".", "a", "b", "c/d"}


def test_a_log_directory_that_is_a_run_holds_what_its_process_wrote(stage: Stage) -> None:
    stage.file("", pid=5).train(range(10, 31, 10), NOW)
    stage.file("acc_val", pid=5, uid=1).log(30, NOW + 2, {"acc": 0.5})
    stage.file("other", pid=6).log(30, NOW + 2, {"acc": 0.5})
    assert runs_of(stage) == {".": ["", "acc_val"], "other": ["other"]}


def test_folders_that_tensorboardx_makes_later_belong_to_the_log_directory_that_is_a_run(
    stage: Stage,
) -> None:
    """No name tells the process: but they were made while the run was being written."""
    stage.file("", pid=None).train(range(10, 3001, 10), NOW, every=10)
    stage.file("acc_val", created=NOW + 1200, pid=None).log(30, NOW + 1200, {"acc": 0.5})
    stage.file("later", created=NOW + 9000, pid=None).log(30, NOW + 9000, {"acc": 0.5})
    assert runs_of(stage) == {".": ["", "acc_val"], "later": ["later"]}


def test_train_and_validation_at_the_top_are_the_log_directory(stage: Stage) -> None:
    make(stage, "train", "validation")
    assert runs_of(stage) == {".": ["train", "validation"]}
    (task,) = stage.listed().values()
    assert task.layout.name == "logs"


def test_names_in_any_script_are_shown_as_they_are(stage: Stage) -> None:
    make(stage, "实验/学习率=0.1", "тест", "with space & ?")
    assert set(runs_of(stage)) == {"实验/学习率=0.1", "тест", "with space & ?"}
    assert stage.judged("实验/学习率=0.1").layout.name == "实验/学习率=0.1"


def test_names_that_are_no_text_are_told_apart_and_can_be_sent(stage: Stage) -> None:
    """Bytes that are no UTF-8 are spelled out, so that two such runs are two tasks."""
    for n, name in enumerate((b"caf\xe9", b"caf\xe8", b"train")):
        file = stage.file("made", created=NOW + n * 100, pid=n).train(range(10, 31, 10), NOW)
        run = stage.logdir / os.fsdecode(name)
        run.mkdir()
        file.close().path.rename(run / file.path.name)
    listed = stage.listed()
    assert set(listed) == {"caf\\xe9", "caf\\xe8", "."}
    opened = stage.opened("caf\\xe9")
    assert len(opened.series("loss")) == 3
    metric = opened.metric("loss")
    told = [opened.assessment.layout.id, opened.assessment.layout.name, metric.run, metric.slot]
    assert orjson.loads(orjson.dumps(told))[0] == "caf\\xe9"


def test_a_link_beside_the_runs_shows_no_run_twice(stage: Stage) -> None:
    make(stage, "exp/version_0")
    (stage.logdir / "latest").symlink_to(stage.logdir / "exp")
    assert runs_of(stage) == {"exp/version_0": ["exp/version_0"]}


def test_parts_of_a_logdir_spec_give_their_names_to_the_tasks(tmp_path: Path) -> None:
    stages = [Stage(tmp_path / part) for part in ("one", "two", "three")]
    make(stages[0], "run")
    make(stages[1], "run")
    make(stages[2], "")
    stage = stages[0]
    stage.look(spec=f"first:{tmp_path}/one, second:{tmp_path}/two,third:{tmp_path}/three")
    assert set(runs_of(stage)) == {"first/run", "second/run", "third"}
    assert stage.judged("second/run").layout.name == "second/run"
    assert stage.judged("third").layout.name == "third"
    for each in stages:
        each.close()


def test_two_parts_without_names_that_hold_the_same_run_are_told_apart_or_said(
    tmp_path: Path,
) -> None:
    stages = [Stage(tmp_path / part) for part in ("one", "two")]
    for each in stages:
        make(each, "run")
    stage = stages[0]
    stage.look(spec=f"{tmp_path}/one,{tmp_path}/two")
    assert runs_of(stage) == {"run": ["run"]}
    assert stage.problems() == ["same_id"]
    for each in stages:
        each.close()


@pytest.mark.parametrize(
    ("spec", "roots"),
    [
        ("a:/x,b:/y", [Root("/x", "a"), Root("/y", "b")]),
        ("/x", [Root("/x")]),
        ("name:relative/dir", [Root("relative/dir", "name")]),
        ("s3://bucket/runs", [Root("s3://bucket/runs")]),
        ("name:s3://bucket/runs", [Root("s3://bucket/runs", "name")]),
        (r"C:\logs", [Root(r"C:\logs")]),
        (" , ", []),
    ],
)
def test_a_logdir_spec_is_read_as_tensorboard_reads_it(spec: str, roots: list[Root]) -> None:
    assert roots_from_flags("", spec) == roots


def test_a_log_directory_is_taken_before_a_spec_and_its_tilde_is_the_home() -> None:
    assert roots_from_flags("~/runs", "a:/x") == [Root(str(Path.home() / "runs"))]


def test_no_log_directory_is_a_sentence(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.look(logdir="")
    assert stage.problems() == ["no_logdir"]


def test_a_log_directory_that_is_not_there_is_a_sentence_and_is_found_when_it_comes(
    stage: Stage,
) -> None:
    stage.look(logdir=stage.logdir / "later")
    assert stage.problems() == ["logdir_missing"]
    (stage.logdir / "later").touch()
    assert stage.problems() == ["logdir_missing"]
    (stage.logdir / "later").unlink()
    make(stage, "later/run")
    assert runs_of(stage) == {"run": ["run"]}
    assert stage.problems() == []


def test_what_cannot_be_a_path_as_text_is_spelled_without_loss() -> None:
    assert legible("run/ü") == "run/ü"
    assert legible(os.fsdecode(b"a\xffb")) == "a\\xffb"


def test_test_and_dev_of_two_processes_are_two_trainings(stage: Stage) -> None:
    """Names only propose; and what is no part of another is a training, whatever it is called."""
    make(stage, "test", "dev")
    assert runs_of(stage) == {"dev": ["dev"], "test": ["test"]}
    assert {m.name for m in stage.judged("test").metrics if not m.derived} == {"loss"}


def test_trials_of_a_search_are_tasks_beside_the_final_training(stage: Stage) -> None:
    for n in range(3):
        at = NOW + 1000 * n
        stage.file(f"out/run-{n}", created=at, pid=7, uid=n).train(range(10, 31, 10), at)
    stage.file("out", created=NOW + 4000, pid=7, uid=3).train(range(10, 51, 10), NOW + 4001)
    assert set(runs_of(stage)) == {"out", "out/run-0", "out/run-1", "out/run-2"}
    assert attempts_of(stage.judged("out")) == [("first", 0, 50)]


def test_what_the_process_of_train_opened_beside_it_is_a_part(stage: Stage) -> None:
    for n, run in enumerate(("exp/train", "exp/test", "exp/real_data")):
        stage.file(run, created=NOW, pid=3, uid=n).train(range(10, 31, 10), NOW + 1)
    stage.file("exp/other", created=NOW + 5000, pid=4).train(range(10, 31, 10), NOW + 5001)
    assert set(runs_of(stage)) == {"exp", "exp/other"}
