"""A table's rows searched by the database: found is what would be found by reading every row."""

from __future__ import annotations

import json
import math
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_trainmon.tasks.found.layout import TableTask
from tb_trainmon.tasks.opened.log import table_search
from tb_trainmon.tasks.opened.log.entries import entry_of
from tb_trainmon.tasks.opened.log.searched_text import holds, row_texts
from tb_trainmon.tasks.opened.log.table_search import TableSearch
from tb_trainmon.tasks.opened.log_index import LogIndex
from tb_trainmon.tasks.opened.table import row_places
from tb_trainmon.tasks.opened.table.patience import Patience
from tb_trainmon.tasks.opened.table.row_places import RowPlaces
from tb_trainmon.tasks.opened.table.rows import TableRows
from tb_trainmon.training_logs import answer
from tb_trainmon.training_logs.log_rows import LogRows
from tb_trainmon.training_logs.reading import TrainingLogs
from tb_trainmon.training_logs.rows import TYPES, LogRow, TaskRow, known_type
from tests.postgresql_server import Server

FEW = 4  # rows of a block

PIECES = ["loss 1.5 ", "NEEDLE", "Straße", "\u212aelvin", "İstanbul", "ΑΣ", "#2", " #12 ", "50%_!"]
PIECES += ["a\nb", "\\", "'", '"', "1,240", "nan", "  ", "e-5", "{x}"]
NAMES = ["loss", "eval_loss", "learning rate", "L\u212a", "a:b", "n,1", "e5", "stage100", "nan_x"]
NAMES += ["é", 'q"uote', "back\\slash", "A", "x\ty", "in", "1.5"]
VALUES = [1.5, -2, 0.000123456, 12345678.9, 1e22, 0, 99999.5, "NaN", "-Infinity", "word", None]
VALUES += [True, [1], {"x": 1}, 10**30, 2**62, 1.99999e-5]
RAW = ['{"loss": 2.1', "[1, 2]", '{"a":1,"a":"x"}', '{"loss":NaN}', "null", "", '{"l\\u006fss":1}']
RAW += ['{"loss":1e999}', ' {"loss" : 1 }', '{"loss":1,}', "5", '{"a":{"loss":1}}', '{"loss":01}']
RAW += ['{"big":' + "9" * 400 + "}", '{"huge":' + "9" * 5000 + "}"]
STEPS = [0, 5, 1240, 1234567, -1240, None]
WORDS = ["loss", "#2", "#", "#-3", "#02", "1240", "1,240", ",", "-", "e", "i", "k"]
WORDS += [
    "1.5",
    "nan",
    "inf",
    "infinity",
    "step",
    "eval",
    "t",
    "%",
    "_",
    "!",
    "\\",
    '"',
    "ß",
    "\u0307",
]
WORDS += [
    "ας",
    "istanbul",
    "kelvin",
    "2.1",
    "1e22",
    "e22",
    "99999",
    "1e5",
    ":",
    "{",
    "'",
    "\ud800",
    "a\0",
]

Columns = tuple[object, object, object, object, object]  # type, attempt, step, message, metrics

messages = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
metrics = st.one_of(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=3).flatmap(
        lambda told: st.sampled_from([(",", ":"), (", ", ": ")]).map(
            lambda separators: json.dumps(told, separators=separators)
        )
    ),
    st.sampled_from(RAW),
)
rows_of_ours = st.tuples(
    st.sampled_from([*TYPES, "odd", "STEP", None]),
    st.sampled_from([1, 2, 12, 0, None, -3]),
    st.sampled_from(STEPS),
    messages,
    metrics,
)
rows_of_others = st.tuples(
    st.sampled_from(["step", b"eval", 3, None]),
    st.sampled_from([1, "2", "x", 2.7, b"2"]),
    st.sampled_from([5, "77", 3.5, "x", 2.0]),
    st.one_of(messages, st.sampled_from([None, 5, 2.5, b"needle \xff", "nul\0 loss"])),
    st.one_of(metrics, st.sampled_from([None, 5, b'{"loss":1}', '{"loss":"\ufffd"}'])),
)
words = st.lists(st.one_of(st.sampled_from(WORDS), st.text("los#12.e-", min_size=1, max_size=3)))

numbers = count()


@pytest.fixture(autouse=True)
def few_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_places, "STRIDE", FEW)
    monkeypatch.setattr(table_search, "STRIDE", FEW)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("searched")


def table_of(database: TrainingLogs) -> TableRows:
    """All rows as an open task has found them."""
    places = RowPlaces.of_nothing().and_newer(database.paged("run"), Patience(60.0, 60.0))
    row = TaskRow("run", "run", "running", None, None, (), None, None, None)
    return TableRows(object(), places, LogIndex.of_nothing(), (), TableTask(row, [], database))


def by_reading(rows: Sequence[LogRow], asked: Sequence[str]) -> list[LogRow]:
    texts = row_texts([entry_of(row) for row in rows])
    return [row for row, text in zip(rows, texts, strict=True) if holds(text, asked)]


def assert_equal(database: TrainingLogs, asked: Sequence[str]) -> None:
    table, search = table_of(database), TableSearch(asked)
    search.go_on(table, Patience(60.0, 60.0))
    expected = by_reading(database.logs("run"), asked)
    found = search.ids(range(len(expected) + 1), TYPES)
    assert (found, search.unsearched) == ([row.id for row in expected], 0)
    for name in TYPES:
        ids = [row.id for row in expected if known_type(row.type) == name]
        assert search.counts()[name] == len(ids)
        assert search.ids(range(1, 5), [name]) == ids[1:5]
        assert search.rank(7, [name]) == sum(id_ < 7 for id_ in ids)


def written(folder: Path, rows: Sequence[Columns], columns: str) -> TrainingLogs:
    path = folder / f"{next(numbers)}.db"
    marks = ", ".join("?" * 5)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            f"CREATE TABLE training_logs (id INTEGER PRIMARY KEY, task_id, {columns})"
        )
        for row in rows:
            for task in ("another", "run"):
                connection.execute(
                    "INSERT INTO training_logs (task_id, type, attempt, step, message, metrics) "
                    f"VALUES (?, {marks})",
                    (task, *row),
                )
        connection.commit()
    return TrainingLogs(str(path))


@settings(deadline=None, max_examples=30)
@given(st.lists(rows_of_ours, min_size=1, max_size=9), words)
def test_sqlite_finds_what_reading_every_row_finds(
    folder: Path, rows: list[Columns], asked: list[str]
) -> None:
    columns = "type TEXT, attempt INTEGER, step BIGINT, message TEXT, metrics JSON"
    assert_equal(written(folder, rows, columns), asked)


@settings(deadline=None, max_examples=20)
@given(st.lists(rows_of_others, min_size=1, max_size=9), words)
def test_so_it_does_in_columns_of_any_type(
    folder: Path, rows: list[Columns], asked: list[str]
) -> None:
    assert_equal(written(folder, rows, "type, attempt, step, message, metrics"), asked)


def test_a_type_that_is_written_in_two_ways_is_one(folder: Path) -> None:
    rows: list[Columns] = [("eval", 1, 1, "", "{}"), (b"eval", 1, 2, "", "{}")]
    assert_equal(written(folder, rows, "type, attempt, step, message, metrics"), [])


def test_columns_that_are_not_there_are_read_as_null(folder: Path) -> None:
    path = folder / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE training_logs (id INTEGER PRIMARY KEY, task_id, step)")
        connection.executemany("INSERT INTO training_logs VALUES (?, 'run', ?)", [(1, 5), (2, 6)])
        connection.commit()
    database = TrainingLogs(str(path))
    for asked in ([], ["5"], ["step"], ["loss"], ["#1"]):
        assert_equal(database, asked)


@pytest.fixture(scope="module")
def on_a_server(postgresql: Server) -> Iterator[TrainingLogs]:
    url = postgresql.create("searched")
    postgresql.run(
        "CREATE TABLE training_logs (id BIGSERIAL PRIMARY KEY, task_id TEXT, attempt INTEGER,"
        " type TEXT, step BIGINT, wall_time DOUBLE PRECISION, message TEXT, metrics JSON)",
        "searched",
    )
    chosen = random.Random(1)
    told = [(name, value) for name in NAMES for value in VALUES]
    rows: list[Columns] = []
    for _ in range(250):
        pairs = dict(chosen.sample(told, chosen.randint(0, 3)))
        message = "".join(chosen.sample(PIECES, chosen.randint(0, 3)))
        separators = chosen.choice([(",", ":"), (", ", ": ")])
        type_, attempt = (
            chosen.choice([*TYPES, "odd", None]),
            chosen.choice([1, 2, 12, 0, None, -3]),
        )
        text = json.dumps(pairs, separators=separators)
        rows.append((type_, attempt, chosen.choice(STEPS), message, text))
    rows += [("step", 1, 5, "", '{"a":1,"a":"x"}'), ("step", 1, 5, "", "[1, 2]")]
    rows += [("step", 1, 5, "", '{"loss":1e999}'), ("eval", None, None, None, None)]
    values = ", ".join(f"('run', {', '.join(map(_quoted, row))})" for row in rows)
    insert = "INSERT INTO training_logs (task_id, type, attempt, step, message, metrics) VALUES "
    postgresql.run(insert + values, "searched")
    with closing(TrainingLogs(url)) as database:
        yield database


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value)


def test_postgresql_finds_what_reading_every_row_finds(
    on_a_server: TrainingLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_places, "STRIDE", 100)
    monkeypatch.setattr(table_search, "STRIDE", 100)
    for word in WORDS:
        assert_equal(on_a_server, [word])
    assert_equal(on_a_server, ["loss", "1.5"])
    assert_equal(on_a_server, [])


def test_a_search_that_is_interrupted_goes_on_where_it_was(folder: Path) -> None:
    rows: list[Columns] = [
        ("eval" if n % 3 == 0 else "step", 1, n, "found" if n % 2 else "", "{}") for n in range(22)
    ]
    database = written(folder, rows, "type, attempt, step, message, metrics")
    table, search = table_of(database), TableSearch(["found"])
    reached: list[int] = []
    totals: list[int] = []
    while not reached or reached[-1]:
        search.go_on(table, Patience(-1.0, -1.0))
        reached.append(search.unsearched)
        totals.append(sum(search.counts().values()))
    assert reached == [20, 16, 12, 8, 4, 0]
    assert totals == [1, 3, 5, 7, 9, 11]
    assert search.ids(range(3), TYPES) == [4, 8, 12]


def test_rows_that_come_are_found_and_old_ones_are_not_looked_at_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Columns] = [("step", 1, n, "found", "{}") for n in range(9)]
    database = written(folder, rows, "type, attempt, step, message, metrics")
    search = TableSearch(["found"])
    search.go_on(table_of(database), Patience(60.0, 60.0))
    with closing(sqlite3.connect(folder / f"{next(numbers) - 1}.db")) as connection:
        connection.execute("INSERT INTO training_logs VALUES (99, 'run', 'end', 1, 9, 'found', '')")
        connection.commit()
    looked: list[int] = []
    look_at = TableSearch._look_at

    def counted(self: TableSearch, number: int) -> None:
        looked.append(number)
        look_at(self, number)

    monkeypatch.setattr(TableSearch, "_look_at", counted)
    search.go_on(table_of(database), Patience(60.0, 60.0))
    assert (sum(search.counts().values()), search.counts()["end"], looked) == (10, 1, [2])


def test_numbers_that_are_not_kept_are_asked_for_where_they_are_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Columns] = [("step", 1, n, "found", "{}") for n in range(22)]
    database = written(folder, rows, "type, attempt, step, message, metrics")
    monkeypatch.setattr(table_search, "_KEPT", 5)
    search = TableSearch(["found"])
    search.go_on(table_of(database), Patience(60.0, 60.0))
    assert search.memory < 22 * 8 + 6 * 2000
    assert search.ids(range(22), TYPES) == list(range(2, 45, 2))
    assert search.rank(21, TYPES) == 10


def test_places_that_grow_are_those_that_are_found_anew(folder: Path) -> None:
    rows: list[Columns] = [("step", 1, n, "", "{}") for n in range(23)]
    database = written(folder, rows, "type, attempt, step, message, metrics")
    ids = np.arange(2, 47, 2)
    whole = RowPlaces.of_nothing().and_newer(database.paged("run"), Patience(60.0, 60.0))
    for first in range(23):
        for second in range(first, 23):
            grown = RowPlaces.of_nothing().and_these(ids[:first]).and_these(ids[first:second])
            told = [grown.and_newer(database.paged("run"), Patience(60.0, 60.0))]
            told.append(grown.and_these(ids[second:]))
            for places in told:
                assert (places.total, places.last) == (whole.total, whole.last) == (23, 46)
                assert places.ends.tolist() == whole.ends.tolist() == [8, 16, 24, 32, 40]
    assert math.ceil(23 / FEW) == whole.blocks


def points(rows: LogRows) -> list[tuple[object, ...]]:
    """What a list takes of rows."""
    return [(row.id, row.attempt, row.step, row.wall_time, row.metrics) for row in rows.rows()]


def test_windows_of_one_question_are_those_of_a_question_each(
    folder: Path, on_a_server: TrainingLogs
) -> None:
    rows: list[Columns] = [("step", 1, n, "", "{}") for n in range(23)]
    database = written(folder, rows, "type, attempt, step, message, metrics")
    for asked in (database, on_a_server):
        places = [1, 2, 5, 6, 20, 45, 46, 47, 1000]
        expected = [points(asked.log_rows("run", place - 1, 3)) for place in places]
        found = asked.windows([*(("run", place) for place in places), ("nobody", 1)], 3)
        assert [*map(points, found)] == [*expected, []]
        assert asked.windows([], 3) == []


def test_ends_of_one_question_are_the_first_and_the_last_rows(
    folder: Path, on_a_server: TrainingLogs
) -> None:
    rows: list[Columns] = [("step", 1, n, "", "{}") for n in range(23)]
    database = written(folder, rows, "type, attempt, step, message, metrics")
    for asked in (database, on_a_server):
        every = points(asked.log_rows("run"))
        for first, last in ((3, 5), (0, 4), (4, 0), (11, 12), (12, 12), (30, 30)):
            (head, tail), none = asked.ends(["run", "nobody"], first, last)
            assert points(head) == every[:first]
            behind = every[first:]
            assert points(tail) == behind[max(len(behind) - last, 0) :]
            assert [*map(len, none)] == [0, 0]


def test_windows_that_are_too_much_for_one_answer_are_asked_for_one_by_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task whose rows did not fit must not be taken for one without rows."""
    rows: list[Columns] = [("step", 1, n, "", json.dumps({"x" * 1000: n})) for n in range(20)]
    database = written(folder, rows, "type, attempt, step, message, metrics")
    monkeypatch.setattr(answer, "MOST_BYTES", 3000)
    found = database.windows([("run", place) for place in range(2, 42, 2)], 1)
    assert [[(row.step, *row.metrics.values()) for row in window.rows()] for window in found] == [
        [(n, n)] for n in range(20)
    ]
