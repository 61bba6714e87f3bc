"""The rows of the companion table in the log: all of them, each told once."""

from __future__ import annotations

from tb_trainmon.tasks.opened.table.log import TableLog
from tests.tasks.scenes import NOW, Stage, steps
from tests.tasks.tables import Table


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
