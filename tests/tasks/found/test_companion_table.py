"""Which tasks the companion table names, and what it says before event files let one guess."""

from __future__ import annotations

import pytest

from tb_trainmon.tasks.found.layout import TABLE
from tests.tasks.scenes import NOW, Stage, attempts_of, steps, values, xs
from tests.tasks.tables import Table


def test_a_row_says_which_runs_a_task_has(stage: Stage, table: Table) -> None:
    for n, run in enumerate(("a", "b/train", "b/validation", "c", "c/sub")):
        stage.file(run, created=NOW + 100 * n, pid=n).train(range(10, 31, 10), NOW + 100 * n)
    table.task("bert", runs=["a", "b/train", "c"], name="BERT base")
    tasks = {id_: [r.path for r in t.layout.runs] for id_, t in stage.listed().items()}
    assert tasks == {"bert": ["a", "b/train", "c", "c/sub"], "b": ["b/validation"]}
    assert stage.listed()["bert"].layout.name == "BERT base"


def test_a_nested_database_counts_from_its_own_folder(stage: Stage) -> None:
    """People start TensorBoard one level above where they log."""
    Table(stage.logdir / "team/nlp").task("bert", runs=["runs/bert"], total_steps=500)
    Table(stage.logdir / "team/cv").task("bert", runs=["bert"], total_steps=900)
    stage.file("team/nlp/runs/bert", pid=1).train(range(10, 31, 10), NOW)
    stage.file("team/cv/bert", pid=2).train(range(10, 31, 10), NOW)
    listed = stage.listed()
    assert set(listed) == {"team/nlp/bert", "team/cv/bert"}
    totals = {id_: task.total.steps for id_, task in listed.items() if task.total}
    assert totals == {"team/nlp/bert": 500, "team/cv/bert": 900}
    assert stage.judged("team/nlp/bert").layout.name == "bert"


def test_a_named_database_counts_from_the_log_directory(stage: Stage) -> None:
    other = Table(stage.logdir.parent / "elsewhere").task("bert", runs=["a"])
    stage.file("a").train(range(10, 31, 10), NOW)
    stage.look(database=str(other.path))
    assert set(stage.listed()) == {"bert"}


def test_a_database_below_a_named_root_bears_its_name(stage: Stage, table: Table) -> None:
    table.task("bert", runs=["a"])
    stage.file("a").train(range(10, 31, 10), NOW)
    stage.look(spec=f"here:{stage.logdir}")
    assert set(stage.listed()) == {"here/bert"}


def test_a_run_of_the_tasks_name_is_its_run_too(stage: Stage, table: Table) -> None:
    """A writer that names no runs, or other ones: two tasks of one id would hide each other."""
    table.task("bert", runs=[], total_steps=40)
    stage.file("bert").train(range(10, 31, 10), NOW)
    listed = stage.listed()
    assert [r.path for r in listed["bert"].layout.runs] == ["bert"]
    assert listed["bert"].total is not None
    table.task("bert", runs=["logs/bert"])
    stage.file("logs/bert", created=NOW + 500).train(range(10, 61, 10), NOW + 500)
    assert {r.path for r in stage.listed()["bert"].layout.runs} == {"bert", "logs/bert"}
    assert attempts_of(stage.judged("bert")) == [("first", 0, 30), ("restart", 0, 60)]


def test_a_task_without_event_files_is_told_from_its_rows(stage: Stage, table: Table) -> None:
    table.task("bert", runs=[], status="completed", total_steps=40, name="BERT")
    table.attempt(1, "bert", start_step=0, started_at=NOW, ended_at=NOW + 50)
    for step in (10, 20, 30, 40):
        table.log(step, NOW + step, {"loss": 1 / step, "custom/x": 2.0}, task_id="bert")
    table.log(40, NOW + 41, {"eval_loss": 0.5, "perplexity": "NaN"}, type="eval", task_id="bert")
    task = stage.judged("bert")
    assert (task.verdict.status, task.step, task.progress) == ("completed", 40, 1.0)
    assert attempts_of(task) == [("first", 0, 40)]
    names = {m.name: (m.run, m.note) for m in task.metrics if not m.derived}
    told = "from the training_logs table"
    assert names["loss"] == (TABLE, told)
    assert set(names) == {"loss", "perplexity", "eval_loss", "custom/x"}
    opened = stage.opened("bert")
    assert steps(opened) == [10, 20, 30, 40]
    assert values(opened, "custom/x") == [2.0] * 4


def test_rows_tell_of_attempts_that_have_no_row_of_their_own(stage: Stage, table: Table) -> None:
    """A program that fills the log alone."""
    table.task("bert", runs=[])
    for attempt, last in ((1, 30), (2, 50)):
        for step in range(10, last + 1, 10):
            table.log(step, NOW + 1000 * attempt + step, {"loss": 1.0}, attempt, task_id="bert")
    assert attempts_of(stage.judged("bert")) == [("first", 0, 30), ("restart", 0, 50)]
    assert xs(stage.opened("bert")) == [10, 20, 30, 40, 50, 60, 70, 80]


def test_rows_without_attempts_join_the_attempts_of_the_event_files(
    stage: Stage, table: Table
) -> None:
    table.task()
    for n in range(2):
        at = NOW + 1000 * n
        stage.file(created=at, pid=n).train(range(10, 31, 10), at)
        for step in (10, 20, 30):
            table.log(step, at + step, {"loss": 7.0, "extra": 1.0 + n}, n + 1)
    opened = stage.opened()
    assert attempts_of(opened.assessment) == [("first", 0, 30), ("restart", 0, 30)]
    assert xs(opened, "extra") == xs(opened) == [10, 20, 30, 40, 50, 60]
    assert values(opened, "extra") == [1.0] * 3 + [2.0] * 3


def test_a_row_without_step_metrics_or_time_is_only_a_row(stage: Stage, table: Table) -> None:
    table.task("bert", runs=[], status="running", heartbeat_at=NOW)
    table.attempt(1, "bert", start_step=500)
    table.log(500, None, type="start", task_id="bert", message="here we go")
    table.log(None, None, {"loss": 3.0}, task_id="bert")
    task = stage.judged("bert")
    assert (task.step, task.verdict.status) == (None, "running")
    assert (task.started_at, task.last_event_at) == (None, None)
    assert [(a.start_step, a.last_step, a.started_at) for a in task.attempts] == [(500, None, None)]
    page = stage.opened("bert").log().page(10, None, [])
    assert [e.message for e in page.entries] == ["", "here we go"]


def test_attempts_are_those_of_the_table(stage: Stage, table: Table) -> None:
    """Each with the files that its process wrote; the checkpoint's step is where it starts."""
    table.task(status="completed", total_steps=200)
    table.attempt(
        1, status="failed", start_step=0, host="node", pid=1, started_at=NOW, ended_at=NOW + 70,
        config={"lr": 0.1}, framework="torch 2",
    )  # fmt: skip
    table.attempt(
        2, status="completed", start_step=40, host="node", pid=2, started_at=NOW + 400,
        ended_at=NOW + 900, config={"lr": 0.2}, framework="torch 2",
    )  # fmt: skip
    stage.file(created=NOW, pid=1).train(range(10, 61, 10), NOW + 5, every=10)
    stage.file(created=NOW + 401, pid=2).train(range(50, 201, 10), NOW + 405, every=10)
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 60), ("resume", 40, 200)]
    assert [a.status for a in task.attempts] == ["failed", "completed"]
    assert [(a.started_at, a.ended_at) for a in task.attempts] == [
        (NOW, NOW + 70),
        (NOW + 400, NOW + 900),
    ]
    assert dict(task.attempts[1].changed) == {"lr": [0.1, 0.2]}
    assert task.facts["framework"] == "torch 2"
    assert xs(stage.opened())[5:8] == [60, 70, 80]


def test_files_of_unknown_processes_go_by_time(stage: Stage, table: Table) -> None:
    table.task()
    table.attempt(1, start_step=0, started_at=NOW)
    table.attempt(2, start_step=0, started_at=NOW + 1000)
    stage.file(created=NOW, pid=None).train(range(10, 31, 10), NOW + 5)
    stage.file(created=NOW + 1000, pid=None).train(range(10, 41, 10), NOW + 1005)
    assert attempts_of(stage.judged()) == [("first", 0, 30), ("restart", 0, 40)]


def test_an_attempt_that_has_not_logged_yet_is_there(stage: Stage, table: Table) -> None:
    table.task(status="running", heartbeat_at=NOW + 1000)
    table.attempt(1, status="failed", start_step=0, started_at=NOW, host="node", pid=1)
    table.attempt(2, status="running", start_step=20, started_at=NOW + 990, host="node", pid=2)
    stage.file(created=NOW, pid=1).train(range(10, 31, 10), NOW)
    stage.now = NOW + 1000
    task = stage.judged()
    assert attempts_of(task) == [("first", 0, 30), ("resume", 20, None)]
    assert (task.attempts[1].x_start, task.attempts[1].x_end) == (30, 30)
    assert task.step is None


@pytest.mark.parametrize("content", ["nothing", "its version", "a text"])
def test_a_file_without_scalars_of_an_attempt_without_rows_is_that_attempts(
    stage: Stage, table: Table, content: str
) -> None:
    """As every training is in its first minute."""
    if content == "nothing":
        (stage.logdir / "run").mkdir()
        (stage.logdir / "run" / "events.out.tfevents.1700000000.node.100.0").touch()
    else:
        file = stage.file()
        file.text("args", "a", NOW) if content == "a text" else file.event(NOW)
    table.task(status="running", total_steps=100, heartbeat_at=NOW)
    table.attempt(1, status="running", started_at=NOW)
    stage.now = NOW + 50
    task = stage.judged()
    assert (task.verdict.status, task.step, len(task.attempts)) == ("running", None, 1)


def test_event_files_go_before_rows_and_rows_give_what_those_lack(
    stage: Stage, table: Table
) -> None:
    """One source a series, never two mixed."""
    table.task()
    table.attempt(1, start_step=0, host="node", pid=100, started_at=NOW)
    stage.file().train(range(10, 31, 10), NOW)
    for step in (10, 15, 20):
        table.log(step, NOW + step, {"loss": 9.0, "grad_norm": 1.5, "x/y": 2.0})
    opened = stage.opened()
    assert steps(opened) == [10, 20, 30]
    assert opened.metric("loss").run == "run"
    assert steps(opened, "grad_norm") == [10, 15, 20]
    assert opened.metric("grad_norm").run == TABLE
    assert steps(opened, "x/y") == [10, 15, 20]


def test_an_evaluation_in_event_files_does_not_hide_the_training_loss_of_the_rows(
    stage: Stage, table: Table
) -> None:
    table.task()
    table.attempt(1, start_step=0, host="node", pid=100, started_at=NOW)
    stage.file().log(20, NOW + 20, {"eval/loss": 3.0})
    table.log(10, NOW + 10, {"loss": 4.0})
    opened = stage.opened()
    assert (values(opened), values(opened, "eval_loss")) == ([4.0], [3.0])


def test_the_table_can_say_that_it_is_a_language_model(stage: Stage, table: Table) -> None:
    table.task("bert", runs=[]).attempt(1, "bert", config={"language_model": True})
    table.log(1, NOW, {"loss": 0.0}, task_id="bert")
    assert values(stage.opened("bert"), "perplexity") == [1.0]


def test_rewards_in_rows_deny_it(stage: Stage, table: Table) -> None:
    table.task("bert", runs=[]).attempt(1, "bert", config={"language_model": True})
    table.log(1, NOW, {"loss": 0.0, "rewards/chosen": 1.0}, task_id="bert")
    assert [o.metric.name for o in stage.opened("bert").assessment.offered] == ["perplexity"]


def test_a_notebook_that_resumes_has_two_attempts_in_the_list_too(stage: Stage) -> None:
    """One process and steps that go on: by the files alone that would be one attempt."""
    table = Table(stage.logdir).task("run", status="running", heartbeat_at=NOW + 110)
    for number, began in enumerate((NOW, NOW + 100)):
        table.attempt(number + 1, host="node", pid=7, start_step=30 * number, started_at=began)
        file = stage.file(created=began, pid=7, uid=number)
        file.train(range(30 * number + 10, 30 * number + 31, 10), began + 1)
    stage.now = NOW + 110
    assert attempts_of(stage.judged()) == [("first", 0, 30), ("resume", 30, 60)]
    assert stage.listed()["run"].step == 60
