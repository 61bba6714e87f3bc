"""Where the task of a framework's training is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_trainmon.logger.place import Choice, Place, of_output_folder

LAUNCH = "runs/Nov22_22-36-04_my.host"


@pytest.fixture(autouse=True)
def no_shared_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAINMON_DB_URL", raising=False)


def place(events: str | None = None, **choice: object) -> Place:
    return of_output_folder("/out/bert", events, Choice(**choice))  # type: ignore[arg-type]


def where(found: Place) -> tuple[str, str, tuple[str, ...]]:
    return found.logdir.as_posix(), found.task, found.runs


def test_everything_goes_into_the_output_folder() -> None:
    found = place()
    assert where(found) == ("/out/bert", "runs", ())
    assert (found.name, found.event_files) == ("bert", True)


def test_the_frameworks_own_event_files_are_the_tasks() -> None:
    found = place("/out/bert/tb")
    assert where(found) == ("/out/bert", "runs", ("tb",))
    assert not found.event_files


def test_of_a_folder_for_each_launch_all_launches_are() -> None:
    assert where(place(f"/out/bert/{LAUNCH}")) == ("/out/bert", "runs", ("runs",))
    assert where(place("/out/bert/runs")) == ("/out/bert", "runs", ("runs",))


def test_event_files_elsewhere_take_the_table_with_them() -> None:
    """TensorBoard is started where they are."""
    assert where(place("/logs/tb")) == ("/logs/tb", "bert", (".",))


def test_a_log_directory_that_was_named_has_the_task_by_its_path_in_there() -> None:
    assert where(place(logdir="/out")) == ("/out", "bert", ())
    assert where(place(f"/out/bert/{LAUNCH}", logdir="/")) == ("/", "out/bert", ("out/bert/runs",))
    assert where(place(f"/out/bert/{LAUNCH}", logdir="/out/bert/runs")) == (
        "/out/bert/runs",
        "bert",
        (".",),
    )


def test_event_files_that_no_tensorboard_there_would_see_do_not_count() -> None:
    found = place("/elsewhere/tb", logdir="/out")
    assert where(found) == ("/out", "bert", ())
    assert found.event_files


def test_a_task_that_was_named_is_called_so() -> None:
    found = place(task="large", event_files=False)
    assert (found.task, found.name, found.event_files) == ("large", "large", False)
    assert place(task="large", name="BERT, large").name == "BERT, large"


def test_in_a_shared_database_a_task_has_a_name_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert where(place(database="postgresql://db")) == ("/out", "bert", ())
    monkeypatch.setenv("TRAINMON_DB_URL", "postgresql://db")
    assert where(place(f"/out/bert/{LAUNCH}")) == ("/out", "bert", ("bert/runs",))


def test_a_relative_path_is_one_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = of_output_folder("out", "out/runs", Choice())
    assert (found.logdir, found.name, found.runs) == (tmp_path / "out", "out", ("runs",))
