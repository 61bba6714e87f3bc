"""Makes the committed logs beside it: real trainings of the demo's model, ended in every way.

    python demo_logs/make_demo_logs.py

About two minutes. The tasks train at the same time, each an honest process of its own that ends
the way its name says; `README.md` tells what is to be seen in each.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tb_trainmon.core.errors import DatabaseUnreadable
from tb_trainmon.training_logs.reading import TrainingLogs

HERE = Path(__file__).resolve().parent
DATABASE = HERE / "training_logs.db"

#: The logs tell nothing of the machine that made them.
HOST = "demo"

#: Slow enough that the times look like those of a training, fast enough to wait for.
COMMON = {"--host": HOST, "--total-steps": "2400", "--steps-per-second": "30"}
COMMON |= {
    "--logging-steps": "15",
    "--evaluation-steps": "150",
    "--checkpoint-steps": "400",
    "--warm-up-steps": "200",
}


def main() -> None:
    """Remove the old logs, train all tasks, and leave a database that reading never changes."""
    tasks = (finished, stopped, failed, restarted, event_files_only)
    for old in (DATABASE, *(HERE / task.__name__ for task in tasks)):
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    with ThreadPoolExecutor() as pool:
        for running in [pool.submit(task) for task in tasks]:
            running.result()
    for folder in HERE.glob("*/checkpoints"):
        shutil.rmtree(folder)
    settle(DATABASE)


def finished() -> None:
    """Trained to its last step."""
    end(start("finished"), code=0)


def stopped() -> None:
    """Interrupted with Ctrl-C at two fifths of the way."""
    job = start("stopped", {"--batch-size": "32"})
    interrupt(job, "stopped", attempt=1, step=960)


def failed() -> None:
    """Plain descent without clipping, its learning rate growing until the loss is no number."""
    settings = {"--optimizer": "descent", "--clip-norm": "0", "--learning-rate": "8"}
    settings |= {"--warm-up-steps": "1200", "--logging-steps": "5"}
    end(start("failed", settings), code=1)


def restarted() -> None:
    """Begun with a high learning rate, begun again with a lower one, then stopped and resumed."""
    job = start("restarted", {"--learning-rate": "0.03"})
    interrupt(job, "restarted", attempt=1, step=700)
    job = start("restarted", {"--learning-rate": "0.001"})
    interrupt(job, "restarted", attempt=2, step=940)
    end(start("restarted", {"--learning-rate": "0.001"}, "--resume"), code=0)


def event_files_only() -> None:
    """What TrainMon sees of a training that does not use its logger: event files, no table."""
    end(start("event_files_only", {"--total-steps": "1200"}, "--no-table"), code=0)


def start(
    task: str, settings: dict[str, str] | None = None, *flags: str
) -> subprocess.Popen[bytes]:
    """Start one attempt of ``task``."""
    options = [word for pair in (COMMON | (settings or {})).items() for word in pair]
    command = [sys.executable, "-m", "tb_trainmon.demo.job", "--logdir", str(HERE), "--task", task]
    return subprocess.Popen(
        [*command, *options, *flags],
        cwd=HERE.parent,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )


def end(job: subprocess.Popen[bytes], code: int) -> None:
    """Wait for the end of an attempt, which must be the expected one."""
    if job.wait() != code:
        raise SystemExit(f"{job.args!r} ended with {job.returncode}, not {code}")


def interrupt(job: subprocess.Popen[bytes], task: str, attempt: int, step: int) -> None:
    """Press Ctrl-C, so to speak, when the attempt has logged ``step``."""
    logs = TrainingLogs(str(DATABASE))
    while job.poll() is None and last_step(logs, task, attempt) < step:
        time.sleep(0.1)
    job.send_signal(signal.SIGINT)
    end(job, code=130)


def last_step(logs: TrainingLogs, task: str, attempt: int) -> int:
    """The last step that the attempt has logged."""
    # Not there yet, or locked while five trainings begin at the same moment.
    with contextlib.suppress(DatabaseUnreadable):
        rows = [row for row in logs.logs(task) if row.attempt == attempt and row.type == "step"]
        return rows[-1].step or 0 if rows else 0
    return 0


def settle(path: Path) -> None:
    """Merge the write-ahead log and leave it off: opening the file must not change the checkout."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("VACUUM")


if __name__ == "__main__":
    main()
