"""What the companion table says goes before what event files let one guess."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from typing import Any

import pytest

from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.opened.table.log import TableLog
from tb_trainmon.training_logs import sqlite_file
from tests.tasks.scenes import NOW, Stage, attempts_of, steps, values, xs
from tests.tasks.tables import Table


@pytest.fixture
def table(stage: Stage) -> Table:
    """A database at the top of the log directory."""
    return Table(stage.logdir)


def status(stage: Stage, task: str = "run") -> tuple[str, str]:
    verdict = stage.opened(task).assessment.verdict
    assert verdict.status == stage.listed()[task].verdict.status
    return verdict.status, verdict.reason


# ---- which tasks there are -----------------------------------------------------------------------


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


# ---- attempts ------------------------------------------------------------------------------------


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


# ---- metrics -------------------------------------------------------------------------------------


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


# ---- total and status ----------------------------------------------------------------------------


def test_the_tables_total_goes_before_all_others(stage: Stage, table: Table) -> None:
    table.task(total_steps=123)
    stage.file().text("train_iters", "7").train(range(10, 31, 10), NOW)
    total = stage.judged().total
    assert total is not None
    assert (total.steps, total.source) == (123, "the training_logs table")


@pytest.mark.parametrize(
    ("row", "expected", "words"),
    [
        ({"status": "pending"}, "pending", "waits to start"),
        ({"status": "completed"}, "completed", "recorded its clean end"),
        ({"status": "stopped"}, "stopped", "interrupted"),
        ({"status": "failed", "error": "OutOfMemoryError: 40 GiB"}, "failed", "OutOfMemoryError"),
        ({"status": "failed"}, "failed", "without an error text"),
        ({"status": "nonsense"}, "stopped", "no end marker"),
        ({}, "stopped", "no end marker"),
    ],
)
def test_the_tables_status_is_taken(
    stage: Stage, table: Table, row: dict[str, Any], expected: str, words: str
) -> None:
    table.task(**row).attempt(1, started_at=NOW, ended_at=NOW + 40)
    stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 5000
    found, reason = status(stage)
    assert found == expected
    assert words in reason


def test_a_running_task_is_believed_while_its_heartbeat_is_fresh(
    stage: Stage, table: Table
) -> None:
    table.task(status="running", heartbeat_at=NOW + 600).attempt(1, started_at=NOW)
    stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 600
    assert status(stage)[0] == "running"
    stage.now = NOW + 600 + 170
    assert status(stage)[0] == "running"
    stage.now = NOW + 600 + 181
    found, reason = status(stage)
    assert found == "failed"
    assert reason.startswith("No heartbeat for 3 min")


def test_events_are_signs_of_life_too(stage: Stage, table: Table) -> None:
    table.task(status="running", heartbeat_at=NOW).attempt(1, started_at=NOW)
    file = stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 1000
    assert status(stage)[0] == "failed"
    file.log(40, NOW + 1000, {"train/loss": 1.0})
    assert status(stage)[0] == "running"


def test_a_task_that_says_running_without_any_sign_of_life_has_failed(
    stage: Stage, table: Table
) -> None:
    table.task("bert", runs=[], status="running")
    assert status(stage, "bert") == ("failed", "No heartbeat ever, and no recorded end.")


def dead_process() -> int:
    """The id of a process of this machine that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        return process.pid


def test_a_process_of_this_machine_that_is_gone_has_failed_before_its_heartbeat_is_old(
    stage: Stage, table: Table
) -> None:
    pid = dead_process()
    table.task(status="running", heartbeat_at=NOW + 100)
    table.attempt(1, started_at=NOW, host=socket.gethostname(), pid=pid)
    stage.file(pid=pid, host=socket.gethostname()).train(range(10, 31, 10), NOW)
    stage.now = NOW + 120  # a process may be invisible, in a container: so fresh, it is believed
    assert status(stage)[0] == "running"
    stage.now = NOW + 135
    found, reason = status(stage)
    assert found == "failed"
    assert "its process is gone" in reason


@pytest.mark.parametrize("where", ["this process", "another machine"])
def test_a_process_that_may_live_is_not_called_gone(stage: Stage, table: Table, where: str) -> None:
    host = socket.gethostname() if where == "this process" else "elsewhere"
    pid = os.getpid() if where == "this process" else dead_process()
    table.task(status="running", heartbeat_at=NOW + 100)
    table.attempt(1, started_at=NOW, host=host, pid=pid)
    stage.now = NOW + 160
    assert status(stage)[0] == "running"


@pytest.mark.parametrize("said", ["completed", "failed", "stopped"])
def test_an_end_is_revoked_when_events_arrive_again(stage: Stage, table: Table, said: str) -> None:
    table.task(status=said, error="x").attempt(1, started_at=NOW, ended_at=NOW + 40)
    file = stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 60
    assert status(stage)[0] == said
    file.log(40, NOW + 100, {"train/loss": 1.0})
    stage.now = NOW + 100
    assert status(stage) == ("running", f"The table says {said}, but events arrive again.")
    stage.now = NOW + 1000
    assert status(stage)[0] == said


# ---- the log -------------------------------------------------------------------------------------


def test_the_log_has_the_tables_rows(stage: Stage, table: Table) -> None:
    table.task().attempt(1, started_at=NOW)
    stage.file().train(range(10, 31, 10), NOW)
    table.log(0, NOW, type="start", message="began")
    table.log(10, NOW + 10, {"loss": 1.0, "grad_norm": "Infinity"}, message="loss 1.0")
    table.log(10, NOW + 11, {"eval_loss": 2.0}, type="eval")
    table.log(10, NOW + 12, type="checkpoint", message="checkpoint-10")
    table.log(20, NOW + 20, type="unheard of")
    page = stage.opened().log().page(3, None, [])
    assert page.source == "table"
    assert page.total == 5
    assert [(e.type, e.step, e.derived) for e in page.entries] == [
        ("step", 20, False),
        ("checkpoint", 10, False),
        ("eval", 10, False),
    ]
    rest = stage.opened().log().page(3, page.next, [])
    assert [e.type for e in rest.entries] == ["step", "start"]
    assert rest.next is None
    assert dict(rest.entries[0].metrics) == {"loss": 1.0, "grad_norm": float("inf")}
    assert stage.opened().log().page(9, None, ["eval"]).total == 1


def test_rows_that_are_written_are_told_once(stage: Stage, table: Table) -> None:
    table.task().attempt(1, started_at=NOW)
    stage.file().train(range(10, 31, 10), NOW)
    table.log(10, NOW + 10, {"loss": 1.0})
    opened = stage.opened()
    cursor = opened.cursor
    assert opened.log().page(9, None, []).total == 1
    table.log(20, NOW + 20, {"loss": 1.0, "new": 2.0})
    opened = stage.opened()
    mark = opened.since(cursor)
    assert mark is not None
    rows, total = opened.log().since(mark.revision)
    assert total == 2
    assert rows[-1].step == 20
    assert steps(opened, "new") == [20]


def test_only_new_rows_are_asked_for(stage: Stage, table: Table) -> None:
    table.task()
    for step in range(5):
        table.log(step, NOW + step, {"loss": 1.0})
    stage.opened()
    layout = stage.opened().assessment.layout
    assert layout.table is not None
    log = TableLog()
    assert log.refresh(layout.table) is False
    before = log.rows()
    table.log(5, NOW + 5, {"loss": 1.0})
    assert log.refresh(layout.table) is False
    after = log.rows()
    assert before is not None
    assert after is not None
    assert after.at(range(5)) == before.at(range(5))
    assert (len(before), len(after), len(log)) == (5, 6, 6)
    assert log.points(1, "loss").step.tolist() == [0, 1, 2, 3, 4, 5]


# ---- a database that comes, breaks, goes ---------------------------------------------------------


def test_a_database_that_appears_later_is_found(stage: Stage) -> None:
    stage.file().train(range(10, 31, 10), NOW)
    stage.now = NOW + 5000
    assert status(stage)[0] == "stopped"
    cursor = stage.opened().cursor
    table = Table(stage.logdir).task(status="failed", error="Boom")
    table.attempt(1, start_step=0, host="node", pid=100, started_at=NOW, ended_at=NOW + 40)
    assert status(stage) == ("failed", "Boom")
    assert stage.opened().cursor != cursor


def test_a_database_that_becomes_corrupt_is_a_problem_and_what_it_said_stays(
    stage: Stage, table: Table
) -> None:
    table.task(status="failed", error="Boom", total_steps=50).attempt(1, started_at=NOW)
    table.log(10, NOW, {"extra": 1.0})
    stage.file().train(range(10, 31, 10), NOW)
    assert status(stage) == ("failed", "Boom")
    assert stage.problems() == []
    sound = table.path.read_bytes()
    table.path.write_bytes(b"this is no database, but it was one " * 100)
    assert stage.problems() == ["database_unreadable"]
    opened = stage.opened()
    assert opened.assessment.verdict.reason == "Boom"
    assert [p.code for p in opened.assessment.problems] == ["database_unreadable"]
    assert steps(opened) == [10, 20, 30]
    table.path.write_bytes(sound)
    assert stage.problems() == []
    assert stage.opened().assessment.problems == ()


@pytest.mark.parametrize("content", [b"", b"no database at all"])
def test_a_database_that_cannot_be_read_does_not_hide_the_event_files(
    stage: Stage, content: bytes
) -> None:
    (stage.logdir / "training_logs.db").write_bytes(content)
    stage.file().train(range(10, 31, 10), NOW)
    assert stage.problems() == ["database_unreadable"]
    assert attempts_of(stage.judged()) == [("first", 0, 30)]


def test_a_folder_of_that_name_is_a_sentence(stage: Stage) -> None:
    (stage.logdir / "training_logs.db").mkdir()
    assert stage.problems() == ["database_unreadable"]


def test_a_locked_database_is_asked_again(
    stage: Stage, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the lock changes in between."""
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.0)
    table.task(status="failed", error="Boom").attempt(1, started_at=NOW)
    stage.file().train(range(10, 31, 10), NOW)
    os.utime(table.path, (NOW, NOW))
    holder = sqlite3.connect(table.path)
    holder.execute("BEGIN EXCLUSIVE")
    assert stage.problems() == ["database_unreadable"]
    holder.rollback()
    holder.close()
    assert stage.problems() == []
    assert status(stage) == ("failed", "Boom")


def test_a_database_that_is_deleted_takes_its_rows_with_it(stage: Stage, table: Table) -> None:
    table.task(total_steps=50).attempt(1, start_step=0, started_at=NOW)
    table.log(10, NOW + 10, {"extra": 1.0})
    stage.file().train(range(10, 31, 10), NOW)
    assert stage.opened().log().page(9, None, []).source == "table"
    assert stage.opened().has("extra")
    table.path.unlink()
    opened = stage.opened()
    assert opened.assessment.total is None
    assert not opened.has("extra")
    assert opened.log().page(9, None, []).source == "event files"


def test_a_database_that_is_replaced_is_read_anew(stage: Stage, table: Table) -> None:
    """The demo was started again: other rows bear the numbers that are known already."""
    table.task("bert", runs=[])
    for step in range(10, 60, 10):
        table.log(step, NOW + step, {"loss": 1.0}, task_id="bert")
    opened = stage.opened("bert")
    cursor = opened.cursor
    assert steps(opened) == [10, 20, 30, 40, 50]
    table.path.unlink()
    new = Table(stage.logdir).task("bert", runs=[])
    new.log(1, NOW + 1000, {"loss": 1.0}, task_id="bert")
    opened = stage.opened("bert")
    assert steps(opened) == [1]
    assert opened.since(cursor) is None
    assert opened.log().page(9, None, []).total == 1


def test_a_job_that_died_while_it_waited_is_found_by_its_heartbeat(stage: Stage) -> None:
    """One that never beats is a scheduler's row, and waits for as long as it takes."""
    table = Table(stage.logdir)
    table.task("waiting", runs=[], status="pending", heartbeat_at=NOW - 5)
    table.task("dead", runs=[], status="pending", heartbeat_at=NOW - 5000)
    table.task("queued", runs=[], status="pending")
    listed = stage.listed()
    assert {name: task.verdict.status for name, task in listed.items()} == {
        "waiting": "pending",
        "dead": "failed",
        "queued": "pending",
    }


def test_a_stopped_job_says_what_stopped_it(stage: Stage) -> None:
    Table(stage.logdir).task(runs=[], status="stopped", error="SIGTERM")
    assert stage.listed()["run"].verdict.reason.endswith("interrupted: SIGTERM.")


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
