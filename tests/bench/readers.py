"""How fast event files are read: TrainMon, TensorBoard's data server and plain C, side by side.

    python -m tests.bench.readers [--sets S L M W] [--rounds 3] [--folder DIR]

Each reader is a fresh process that reads all points of a log directory; wall time, CPU time and
peak memory are those of the process from its start to the last point in a column. Readers take
turns, and the least of all rounds counts: on a machine that others use too, ratios are worth more
than seconds. The data server is that of the package tensorboard-data-server (left out where it is
not installed), with all points kept; its time ends with its line "Finished load cycle". "glance" is
no reader of all points: it takes the head and the tail of each file, as the list of tasks does. The
sets are made once, in ``--folder``.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WALK = Path(__file__).with_name("walk.c")

# Runs, steps and style of each set; 6 tags.
SETS = {
    "S": (1, 10_000, "torch"),
    "M": (50, 20_000, "torch"),
    "L": (1, 2_000_000, "torch"),
    "W": (2000, 500, "torch"),
    "T": (1, 300_000, "tf2"),
}
# The fallback takes half a minute for L: once is enough.
_SLOW = "python"


@dataclass(frozen=True)
class Cost:
    """Seconds, seconds and bytes."""

    wall: float
    cpu: float
    peak: int

    def least(self, other: Cost | None) -> Cost:
        if other is None:
            return self
        return Cost(
            min(self.wall, other.wall), min(self.cpu, other.cpu), min(self.peak, other.peak)
        )


def points_of(name: str) -> int:
    runs, steps, _ = SETS[name]
    return runs * steps * 6


# ---- the readers ---------------------------------------------------------------------------------


def _run(command: list[str], expected: int, **environment: str) -> Cost:
    """A process from its start to its end; it prints how many points, or files, it found."""
    # Bytecode is kept, as it is everywhere but where that is switched off.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment}
    began = time.perf_counter()
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or said.split()[:1] != [str(expected)]:
        raise SystemExit(f"{command[0]} failed: {said}")
    wall = time.perf_counter() - began
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def read_with_c(walk: Path, folder: Path) -> Cost:
    files = sorted(str(path) for path in folder.glob("*/*tfevents*"))
    return _run([str(walk), *files], points_of(folder.name))


def read_with_trainmon(reader: str, folder: Path) -> Cost:
    command = [sys.executable, "-m", "tests.bench.read_all", str(folder)]
    return _run(command, points_of(folder.name), TRAINMON_READER=reader)


def glance_with_trainmon(folder: Path) -> Cost:
    """Head and tail of each file alone: what the list of tasks takes."""
    command = [sys.executable, "-m", "tests.bench.read_all", str(folder), "--glance"]
    return _run(command, SETS[folder.name][0], TRAINMON_READER="kernel")


def read_with_server(server: Path, folder: Path) -> Cost:
    """Up to its line "Finished load cycle": it never ends by itself."""
    options = ["--samples-per-plugin", "scalars=all", "--reload", "once", "--verbose"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(server), "--logdir", str(folder), "--port", "0", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "Finished load cycle" in line:
            break
    wall = time.perf_counter() - began
    stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    process.terminate()
    process.communicate()
    ticks = int(stat[11]) + int(stat[12])
    return Cost(wall, ticks / os.sysconf("SC_CLK_TCK"), int(peak[1]) * 1024 if peak else 0)


def readers(folder: Path) -> dict[str, Callable[[Path], Cost]]:
    """Those that there are here, by name."""
    found: dict[str, Callable[[Path], Cost]] = {}
    compiler = shutil.which("cc")
    if compiler and os.uname().machine == "x86_64":
        walk = folder / "walk"
        subprocess.check_call([compiler, "-O3", "-o", str(walk), str(WALK)])
        found["C walk"] = lambda logs: read_with_c(walk, logs)
    found["kernel"] = lambda logs: read_with_trainmon("kernel", logs)
    found["glance"] = glance_with_trainmon
    found[_SLOW] = lambda logs: read_with_trainmon("python", logs)
    server = data_server()
    if server is not None:
        found["data server"] = lambda logs: read_with_server(server, logs)
    return found


def data_server() -> Path | None:
    """TensorBoard's, where it is installed."""
    package = find_spec("tensorboard_data_server")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "bin" / "server"


# ---- the table -----------------------------------------------------------------------------------


def make(name: str, folder: Path) -> Path:
    """The set, made where it is not there yet."""
    runs, steps, style = SETS[name]
    logs = folder / name
    if not logs.is_dir():
        unfinished = folder / f"{name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        what = ["--runs", str(runs), "--steps", str(steps), "--style", style]
        # In another process: a large parent would count as its children's memory.
        command = [sys.executable, "-m", "tests.bench.make_logs", str(unfinished), *what]
        subprocess.check_call(command, cwd=ROOT)
        unfinished.rename(logs)
    return logs


def measure(logs: Path, among: dict[str, Callable[[Path], Cost]], rounds: int) -> dict[str, Cost]:
    costs: dict[str, Cost] = {}
    for turn in range(rounds):
        for name, read in among.items():
            if turn == 0 or name != _SLOW:
                costs[name] = read(logs).least(costs.get(name))
    return costs


def table(name: str, costs: dict[str, Cost]) -> list[str]:
    runs, steps, style = SETS[name]
    points = points_of(name)
    title = f"{name}: {runs:,} x 6 tags x {steps:,} steps, {style} style"
    lines = [
        f"\n{title}, {points / 1e6:g} million points",
        f"{'':12} {'wall s':>8} {'CPU s':>8} {'peak MB':>8} {'B/point':>8}",
    ]
    lines[1] += "   wall, memory: times less than the server's; CPU: times the C walk's"
    server, walk = costs.get("data server"), costs.get("C walk")
    for reader, cost in costs.items():
        ratios = ""
        if server:
            ratios += f"{server.wall / cost.wall:8.1f}x {server.peak / cost.peak:8.1f}x"
        if walk:
            ratios += f" {cost.cpu / walk.cpu:8.2f}x"
        lines.append(
            f"{reader:12} {cost.wall:8.3f} {cost.cpu:8.3f} {cost.peak / 1e6:8.0f}"
            f" {cost.peak / points:8.1f}   {ratios}"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "trainmon-bench"
    )
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    among = readers(asked.folder)
    for name in asked.sets:
        costs = measure(make(name, asked.folder), among, asked.rounds)
        sys.stdout.write("\n".join(table(name, costs)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
