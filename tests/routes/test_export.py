"""``export``: a file, streamed, with a name that every system takes."""

from __future__ import annotations

import json
import math
import sqlite3
import sys
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.http import parse_options_header

from tb_trainmon import TaskLogger
from tb_trainmon.export import csv_text, log_table
from tb_trainmon.export.formats import FORMATS
from tb_trainmon.export.point_table import COLUMNS
from tb_trainmon.routes.export import disposition
from tests.conftest import StartTensorBoard
from tests.export.reading import log_rows_of, rows_of
from tests.routes.site import Clock, Site
from tests.routes.test_document import sections
from tests.routes.trainer import train

TASK = "restart_newlr/tb"


@pytest.mark.parametrize("format_", FORMATS)
def test_it_has_the_points_of_series_of_every_attempt(transformers: Site, format_: str) -> None:
    answer = transformers.answer("export", task=TASK, format=format_)
    assert answer.status_code == 200
    rows = rows_of(answer.data, format_)
    names = list(dict.fromkeys(row["metric"] for row in rows))
    series = transformers.get("series", task=TASK, metric=names)["series"]
    for name, shown in series.items():
        mine = [row for row in rows if row["metric"] == name]
        for column in ("attempt", "step", "x", "wall_time", "value"):
            assert [row[column] for row in mine] == shown[column], name


def test_it_is_csv_unless_told_otherwise(transformers: Site) -> None:
    answer = transformers.answer("export", task=TASK)
    assert answer.data == transformers.answer("export", task=TASK, format="csv").data
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.decode().partition("\n")[0] == ",".join(COLUMNS)


def test_its_columns_are_those_of_the_document() -> None:
    table = sections()["export"].partition("| type | column |")[2]
    assert [name for name in COLUMNS if f"`{name}`" in table] == list(COLUMNS)


@pytest.mark.parametrize(("format_", "suffix"), [("csv", ".csv"), ("parquet", ".parquet")])
def test_a_browser_saves_it_under_the_tasks_name(
    transformers: Site, format_: str, suffix: str
) -> None:
    answer = transformers.answer("export", task=TASK, format=format_)
    how, options = parse_options_header(answer.headers["Content-Disposition"])
    assert (how, options) == ("attachment", {"filename": f"restart_newlr-tb{suffix}"})
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("task", "plain", "real"),
    [
        ("bert/run 1", "bert-run 1.csv", "bert-run 1.csv"),
        ("größe/模型", "groe-.csv", "größe-模型.csv"),
        ("模型", "task.csv", "模型.csv"),
        (".", "task.csv", "task.csv"),
        ("../../etc/passwd", "etc-passwd.csv", "etc-passwd.csv"),
        ('a"; filename="b', "a-_ filename=-b.csv", "a-; filename=-b.csv"),
        ("a\r\nSet-Cookie: b", "a__Set-Cookie- b.csv", "a__Set-Cookie- b.csv"),
        ("50%'s", "50__s.csv", "50%'s.csv"),
        ("C:\\con|aux", "C-con-aux.csv", "C-con-aux.csv"),
    ],
)
def test_a_task_of_any_name_gives_a_harmless_file_name(task: str, plain: str, real: str) -> None:
    """In ASCII for old programs, and as it is in the form of RFC 8187."""
    header = disposition(task, "csv")
    assert header.isascii()
    assert header.isprintable()
    first, _, second = header.partition("; filename*=UTF-8''")
    assert parse_options_header(first)[1]["filename"] == plain
    assert (urllib.parse.unquote(second) or plain) == real
    assert header.count('"') == 2


def test_a_very_long_name_is_cut() -> None:
    assert len(disposition("模" * 1000, "csv")) < 2000
    assert len(disposition("m" * 1000, "csv")) < 300


@pytest.mark.parametrize("format_", FORMATS)
def test_of_the_log_it_has_every_row(transformers: Site, format_: str) -> None:
    answer = transformers.answer("export", task=TASK, format=format_, of="log")
    _, options = parse_options_header(answer.headers["Content-Disposition"])
    assert options == {"filename": f"restart_newlr-tb log.{format_}"}
    found = [
        {**row, "metrics": json.loads(row["metrics"])} for row in log_rows_of(answer.data, format_)
    ]
    shown = transformers.get("logs", task=TASK, limit=1000)["logs"][::-1]
    assert found == [{name: row[name] for name in log_table.COLUMNS} for row in shown]


def test_a_row_of_the_log_without_a_step_or_a_number_is_exported(
    tmp_path: Path, clock: Clock
) -> None:
    """And a message of several lines is one field."""
    with TaskLogger(tmp_path, "job", logging_steps=1, event_files=False) as log:
        log.step(1, loss=math.nan)
        log.close(RuntimeError('a line,\nand "another"'))
    with sqlite3.connect(tmp_path / "training_logs.db") as database:
        database.execute(
            "UPDATE training_logs SET step = NULL, wall_time = NULL WHERE type = 'end'"
        )
    found = {}
    for format_ in FORMATS:
        answer = Site(tmp_path, clock).answer("export", task="job", format=format_, of="log")
        found[format_] = log_rows_of(answer.data, format_)
    assert found["csv"] == found["parquet"]
    step, end = (row for row in found["csv"] if row["type"] in ("step", "end"))
    assert json.loads(step["metrics"]) == {"loss": "NaN"}
    assert (end["step"], end["x"], end["wall_time"]) == (None, None, None)
    assert 'a line,\nand "another"' in end["message"]


@pytest.mark.parametrize("format_", ["xlsx", "CSV", ""])
def test_another_format_is_an_error_that_names_those_there_are(
    transformers: Site, format_: str
) -> None:
    code, said = transformers.error(400, "export", task=TASK, format=format_)
    assert code == "bad_parameter"
    assert "csv, parquet" in said


def test_an_unknown_task_is_an_error_in_json(transformers: Site) -> None:
    assert transformers.error(404, "export", task="none")[0] == "unknown_task"
    assert transformers.error(400, "export")[0] == "bad_parameter"


def test_without_pyarrow_parquet_is_an_error_and_csv_is_not(
    transformers: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tb_trainmon.export.parquet", None)
    monkeypatch.delattr("tb_trainmon.export.parquet", raising=False)
    code, said = transformers.error(400, "export", task=TASK, format="parquet")
    assert code == "format_unavailable"
    assert "pip install 'tb-trainmon[parquet]'" in said
    assert transformers.answer("export", task=TASK).status_code == 200


def test_the_task_answers_others_while_a_slow_reader_downloads(
    open_site: Callable[..., Site], clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_text, "_CHUNK", 100)
    monkeypatch.setattr(csv_text, "_ROWS", 10)
    train(tmp_path / "run", clock, range(1, 101))
    site = open_site(tmp_path)
    answer = site.client.get("/data/plugin/trainmon/export?task=run", buffered=False)
    pieces = answer.iter_encoded()
    data = next(pieces)
    assert site.get("task", task="run")["step"] == 100
    train(tmp_path / "run", clock, range(101, 201))
    assert site.get("task", task="run")["step"] == 200
    data += b"".join(pieces)
    assert [row["step"] for row in rows_of(data, "csv")] == list(range(1, 101))


def test_a_real_tensorboard_streams_it(
    start_tensorboard: StartTensorBoard, real_logs: Path
) -> None:
    tensorboard = start_tensorboard("--logdir", str(real_logs / "transformers_v5"))
    path = f"data/plugin/trainmon/export?task={urllib.parse.quote(TASK)}"
    rows = rows_of(tensorboard.get_text(path).encode(), "csv")
    assert {row["attempt"] for row in rows} == {1, 2}
    assert len(rows) == 166
    assert "Traceback" not in tensorboard.output.read_text("utf-8")
