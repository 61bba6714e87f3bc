"""``trainmon import``: what it is asked, and what it says."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tb_trainmon.core.errors import DatabaseUnreadable

NOTHING = (
    "There is nothing to import below {logdir}: no checkpoint-*/trainer_state.json of the Hugging "
    "Face Trainer, and no trainer_log.jsonl of LLaMA-Factory."
)


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to ``trainmon``'s."""
    parser = commands.add_parser(
        "import",
        help="take over trainings from before TrainMon",
        description="Writes what trainers left behind (trainer_state.json, trainer_log.jsonl) into "
        "the companion database of a log directory, as if they had logged it with TrainMon. What "
        "is there already is never changed, so it may be run again.",
    )
    parser.set_defaults(run=run)
    parser.add_argument("logdir", type=Path, metavar="DIR", help="the log directory")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument(
        "--database",
        help="a path or URL; otherwise TRAINMON_DB_URL, or training_logs.db in DIR",
    )


def run(chosen: argparse.Namespace) -> int:
    """Import, and say what was and what was not; gives the exit code."""
    # Late: other commands, and --help, should not wait for SQLAlchemy.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from tb_trainmon.logger.opening import DATABASE_NAME, DATABASE_VARIABLE  # noqa: PLC0415

    logdir: Path = chosen.logdir
    if not logdir.is_dir():
        return _refused(f"{logdir} is no directory. Name the one that TensorBoard is started with")
    database = chosen.database or os.environ.get(DATABASE_VARIABLE) or str(logdir / DATABASE_NAME)
    try:
        return _import(logdir, database, chosen.dry_run)
    except DatabaseUnreadable as error:
        return _refused(str(error).rstrip("."))
    except (SQLAlchemyError, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        return _refused(f"The database cannot be written: {cause}")


def _import(logdir: Path, database: str, dry: bool) -> int:
    from tb_trainmon.importing.importer import Importer  # noqa: PLC0415

    imported = skipped = 0
    for outcome in Importer(logdir, database).run(dry):
        if outcome.skipped:
            skipped += 1
            _say(f"{outcome.task}: skipped, {outcome.skipped}")
        else:
            imported += 1
            _say(f"{outcome.task}: {outcome.rows:,} new rows, {outcome.told}")
    if not imported and not skipped:
        _say(NOTHING.format(logdir=logdir))
    else:
        would, tasks = "Would import" if dry else "Imported", "task" if imported == 1 else "tasks"
        _say(f"{would} {imported} {tasks}, skipped {skipped}.")
    return 0


def _say(line: str) -> None:
    # Line by line: with a thousand folders that is how one sees where it is.
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _refused(sentence: str) -> int:
    sys.stderr.write(f"trainmon import: {sentence}.\n")
    return 1
