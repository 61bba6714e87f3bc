"""What logging a step costs: TrainMon beside torch's SummaryWriter, trackio and mlflow, in one run.

    pip install --editable '.[bench]'
    python -m tests.bench.writer [--steps 10000] [--rounds 3] [--only trainmon torch]

Each writer logs the same steps, four metrics each, in a fresh process, as its manual says to:
TrainMon with table and event file and every step recorded; again with one step in ten recorded;
``add_scalar`` four times a step; ``trackio.log`` and ``mlflow.log_metrics`` (into its file store)
with all four at once. All data is in place, waiting for a disk included, when the time is taken.

At the call    what the training loop waits for: the median and the 99th percentile of the steps
CPU            of the whole process and its children, user and system, per step: what a thread in
               the background takes is not free either. Importing and closing are not in it
               (trackio's and mlflow's take seconds), writing everything is

"nothing" is a loop that logs nothing: the clock, the pause between steps and a cold cache. That is
part of all the others' figures, so that ratios are, if anything, too kind to them.

Steps come a thousand a second, as fast as a small model trains; ``--pace 0``: as fast as they can.
Writers take turns, and the least of all rounds counts: on a machine that others use too, ratios
are worth more than microseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Log = Callable[[int, dict[str, float]], None]
Finish = Callable[[], object]


@dataclass(frozen=True)
class Cost:
    """Microseconds a step."""

    median: float
    p99: float
    cpu: float

    def least(self, other: Cost | None) -> Cost:
        if other is None:
            return self
        mine, others = asdict(self), asdict(other)
        return Cost(**{name: min(mine[name], others[name]) for name in mine})


# ---- the writers: how to log a step, and how to get all of it written ----------------------------


def trainmon(folder: str, logging_steps: int = 1) -> tuple[Log, Finish]:
    from tb_trainmon import TaskLogger  # noqa: PLC0415

    logger = TaskLogger(folder, "bench", logging_steps=logging_steps)
    logger.flush()
    return logger.step, logger.flush


def torch(folder: str) -> tuple[Log, Finish]:
    library: Any = import_module("torch.utils.tensorboard")
    writer = library.SummaryWriter(folder)

    def log(step: int, metrics: dict[str, float]) -> None:
        for name, value in metrics.items():
            writer.add_scalar(name, value, step)

    return log, writer.flush


def trackio(folder: str) -> tuple[Log, Finish]:
    os.environ["TRACKIO_DIR"] = folder
    library: Any = import_module("trackio")
    library.init(project="bench", name="bench")
    return lambda step, metrics: library.log(metrics, step=step), library.finish


def mlflow(folder: str) -> tuple[Log, Finish]:
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    library: Any = import_module("mlflow")
    library.set_tracking_uri(Path(folder).as_uri())
    library.set_experiment("bench")
    library.start_run()
    return lambda step, metrics: library.log_metrics(metrics, step=step), lambda: None


def nothing(_folder: str) -> tuple[Log, Finish]:
    return lambda _step, _metrics: None, lambda: None


WRITERS: dict[str, tuple[str, Callable[[str], tuple[Log, Finish]]]] = {
    "nothing": ("sys", nothing),
    "trainmon": ("tb_trainmon", trainmon),
    "trainmon, 1 in 10": ("tb_trainmon", lambda folder: trainmon(folder, 10)),
    "torch": ("torch", torch),
    "trackio": ("trackio", trackio),
    "mlflow": ("mlflow", mlflow),
}


# ---- one process ---------------------------------------------------------------------------------


def measure(name: str, folder: str, steps: int, pace: float) -> Cost:
    log, finish = WRITERS[name][1](folder)
    took = []
    before = _cpu()
    # The loop's own time, and what the clock costs, are taken off again.
    own = 0.0
    for step in range(1, steps + 1):
        metrics = {
            "loss": 1 / step,
            "learning_rate": 1e-4 / step,
            "grad_norm": step / 7,
            "samples_per_second": 512.5,
        }
        began = time.perf_counter_ns()
        log(step, metrics)
        took.append(time.perf_counter_ns() - began)
        if pace:
            mark = time.thread_time_ns()
            time.sleep(1 / pace)
            own += time.thread_time_ns() - mark
    finish()
    cpu = _cpu() - before - own / 1e9
    took.sort()
    return Cost(took[steps // 2] / 1e3, took[steps * 99 // 100] / 1e3, cpu / steps * 1e6)


def _cpu() -> float:
    return sum(os.times()[:4])


# ---- all of them ---------------------------------------------------------------------------------


def run(name: str, steps: int, pace: float) -> Cost:
    with tempfile.TemporaryDirectory(prefix="trainmon-bench-") as folder:
        one = ["--one", name, "--folder", folder, "--steps", str(steps), "--pace", str(pace)]
        said = subprocess.run(
            [sys.executable, "-m", "tests.bench.writer", *one],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    if said.returncode:
        raise SystemExit(f"{name} failed:\n{said.stderr}")
    return Cost(**json.loads(said.stdout.splitlines()[-1]))


def table(costs: dict[str, Cost]) -> str:
    ours = costs.get("trainmon")
    lines = [
        f"{'':18} {'median us':>10} {'p99 us':>10} {'CPU us':>10}   times TrainMon's (median, CPU)"
    ]
    for name, cost in costs.items():
        ratios = f"{cost.median / ours.median:8.1f} {cost.cpu / ours.cpu:8.1f}" if ours else ""
        lines.append(f"{name:18} {cost.median:10.1f} {cost.p99:10.1f} {cost.cpu:10.1f}   {ratios}")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pace", type=float, default=1000.0, help="steps a second")
    parser.add_argument("--only", nargs="+", choices=WRITERS)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        cost = measure(asked.one, asked.folder, asked.steps, asked.pace)
        sys.stdout.write(json.dumps(asdict(cost)) + "\n")
        return
    names = [name for name in asked.only or WRITERS if find_spec(WRITERS[name][0])]
    costs: dict[str, Cost] = {}
    for _ in range(asked.rounds):
        for name in names:
            costs[name] = run(name, asked.steps, asked.pace).least(costs.get(name))
    sys.stdout.write(table(costs))


if __name__ == "__main__":
    main()
