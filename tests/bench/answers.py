"""How long the routes take: the list of many runs, one task out of many, one very long task.

    python -m tests.bench.answers [--rounds 3] [--folder DIR]

Each row is a fresh process that has TrainMon's plugin answer in itself, without a socket; its
seconds are counted from the start of the process (imports included) where the row says "fresh",
else they are those of the answer. The least of all rounds counts. Where the package
tensorboard-data-server is installed, the time that it takes to load the same set stands beside.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.bench.make_logs import TAGS
from tests.bench.readers import ROOT, SETS, data_server, make, read_with_server

_NEW_STEPS = 10
_IN_SIGHT = 40  # rows of the list


def answering(folder: Path) -> Any:
    """Asks a route of a plugin over ``folder``: gives the answer and the seconds it took."""
    from werkzeug.test import Client  # noqa: PLC0415  (a fresh process counts its imports)

    from tb_trainmon.plugin import TrainMonPlugin  # noqa: PLC0415

    context = SimpleNamespace(logdir=str(folder), flags=SimpleNamespace())
    applications = TrainMonPlugin(context).get_plugin_apps()

    def ask(route: str, **parameters: object) -> tuple[Any, float]:
        began = time.perf_counter()
        answer = Client(applications["/" + route]).get("/" + route, query_string=parameters)
        took = time.perf_counter() - began
        assert answer.status_code == 200, answer.text
        return json.loads(answer.data), took

    return ask


# ---- the rows, each in a process of its own ------------------------------------------------------


def list_many(folder: Path, began: float) -> Iterator[tuple[str, float]]:
    """The list of a log directory that nobody has looked at."""
    ask = answering(folder)
    answer, _ = ask("tasks")
    yield "fresh to the first answer, with the newest tasks", time.time() - began
    while answer["progress"] is not None:
        answer, _ = ask("tasks")
    yield "fresh to all tasks", time.time() - began
    yield "the next answer", ask("tasks")[1]
    in_sight = [task["id"] for task in answer["tasks"][:_IN_SIGHT]]
    yield f"{_IN_SIGHT} sparklines", ask("sparklines", task=in_sight)[1]
    yield f"{_IN_SIGHT} sparklines again", ask("sparklines", task=in_sight)[1]
    time.sleep(12.0)
    yield "an answer with a scan", ask("tasks")[1]


def open_one(folder: Path, _: float) -> Iterator[tuple[str, float]]:
    """One task out of many, its loss smoothed; and rows of files too large to be read whole."""
    ask = answering(folder)
    listed = [task["id"] for task in ask("tasks")[0]["tasks"]]
    yield f"{_IN_SIGHT} sparklines", ask("sparklines", task=listed[:_IN_SIGHT])[1]
    first = listed[0]
    _, took = ask("series", task=first, metric="loss", ema=0.6, ma=5)
    yield "one task opened", took


def follow_long(folder: Path, _: float) -> Iterator[tuple[str, float]]:
    """A task of millions of steps: opened, asked again, and after ten steps more."""
    ask = answering(folder)
    question = {"metric": "loss", "ema": 0.6, "ma": 5, "task": ask("tasks")[0]["tasks"][0]["id"]}
    answer, took = ask("series", **question)
    yield "opened, loss smoothed", took
    yield "latest 4,000 points again", min(ask("series", **question)[1] for _ in range(5))
    (attempt,) = answer["attempts"]
    for axis, low, high in (
        ("accumulated", attempt["x_start"], attempt["x_end"]),
        ("active", 0.0, attempt["last_at"] - attempt["first_at"]),
        ("wall", attempt["first_at"], attempt["last_at"]),
    ):
        part = {"x_min": low + (high - low) * 0.1, "x_max": low + (high - low) * 0.9}
        zoom = {**question, "view": "all", "axis": axis, **part}
        yield f"a zoom, {axis}", min(ask("series", **zoom)[1] for _ in range(5))
    yield "its marks", ask("marks", task=question["task"])[1]
    (file,) = folder.glob("*/*tfevents*")
    step = answer["series"]["loss"]["step"][-1]
    wall_time = answer["series"]["loss"]["wall_time"][-1]
    size = file.stat().st_size
    later = []
    try:
        for _ in range(5):
            append(file, step, wall_time)
            step, wall_time = step + _NEW_STEPS, wall_time + _NEW_STEPS
            later.append(ask("series", **question)[1])
    finally:
        with file.open("r+b") as grown:
            grown.truncate(size)
    yield "first after 10 more steps", later[0]
    yield "next after 10 more steps", sorted(later)[2]


def append(file: Path, step: int, wall_time: float) -> None:
    from tb_trainmon.logger.event_records import ScalarRecords  # noqa: PLC0415

    records, scalars = ScalarRecords(), dict.fromkeys(TAGS, 1.0)
    with file.open("ab") as growing:
        for n in range(1, _NEW_STEPS + 1):
            growing.write(records.record(step + n, wall_time + n, scalars))


ROWS = {"W": list_many, "M": open_one, "L": follow_long}


# ---- all together --------------------------------------------------------------------------------


def measured(name: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.answers", "--row", name, "--folder", str(folder)]
    # With its bytecode at hand, as from the second start of an installed package on.
    env = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command += ["--began", str(time.time())]
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def show(name: str, folder: Path, rounds: int) -> None:
    least: dict[str, float] = {}
    for _ in range(rounds):
        for row, seconds in measured(name, folder).items():
            least[row] = min(seconds, least.get(row, seconds))
    runs, steps, _ = SETS[name]
    lines = [f"\n{name}: {runs:,} x {steps:,} steps x 6 tags"]
    server = data_server()
    loaded = min(read_with_server(server, folder).wall for _ in range(rounds)) if server else None
    if loaded is not None:
        lines.append(f"  {loaded:9.4f} s          TensorBoard's data server loads all of it")
    for row, seconds in least.items():
        ratio = "" if loaded is None else f"1/{loaded / seconds:.1f}"
        lines.append(f"  {seconds:9.4f} s {ratio:8} {row}")
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "trainmon-bench"
    )
    parser.add_argument("--row", choices=ROWS, help=argparse.SUPPRESS)
    parser.add_argument("--began", type=float, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.row:
        sys.stdout.write(json.dumps(dict(ROWS[chosen.row](chosen.folder, chosen.began))))
        return
    for name in ROWS:
        show(name, make(name, chosen.folder), chosen.rounds)


if __name__ == "__main__":
    main()
