"""What starting costs, counted: the same on a busy machine as on a quiet one.

Instructions are those that valgrind sees a process execute. Each budget is a quarter to a half
above what was measured with Python 3.11, for other Pythons and releases of what we use.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.bench.make_logs import write_run

MODULES = 15  # of Python's own library and ours; 6 here
FIRST_ANSWER = 190  # modules of ours; 175 here
IMPORT = 20e6  # instructions beyond a Python that does nothing; 13 million
A_TASK = 2.0e6  # instructions for each task of a first list; 1.62 million

TASKS = (40, 160)
ROOT = Path(__file__).parents[2]

#: Each list in a process that has all it imports and nothing else: valgrind is slow at importing.
FIRST_LISTS = """
import os, sys
from tb_trainmon.tasks.listed.catalogue import Catalogue
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.tasks.service import Tasks

def first_list(logdir):
    clock, side_files = lambda: 1_800_000_000.0, SideFiles()
    catalogue = Catalogue([Root(logdir)], Databases(), side_files, clock, patience=float("inf"))
    return Tasks(catalogue, side_files, clock).listing()

for logdir in sys.argv[1:]:
    if not os.fork():
        print("tasks:", len(first_list(logdir).tasks), flush=True)
        os._exit(0)
    assert os.wait()[1] == 0
"""


#: Whoever asks for the list closes its answer, and the other routes are made ready.
FIRST_ANSWER_AND_THEN = """
import sys, threading
from types import SimpleNamespace
from werkzeug.test import Client
from tb_trainmon.plugin import TrainMonPlugin

def ours():
    return {name for name in sys.modules if name.startswith("tb_trainmon.")}

plugin = TrainMonPlugin(SimpleNamespace(logdir=sys.argv[1], flags=SimpleNamespace()))
answer = Client(plugin.get_plugin_apps()["/tasks"]).get("/tasks")
assert answer.status_code == 200
print(*ours())
answer.close()
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join()
print(*ours())
"""


@pytest.fixture
def valgrind() -> str:
    found = shutil.which("valgrind")
    if found is None:
        pytest.skip("Instructions are not counted: there is no valgrind (apt-get install valgrind)")
    return found


def instructions(valgrind: str, program: str, *arguments: str | Path) -> tuple[list[int], str]:
    """How many ``program`` takes in a Python of its own, and what it prints.

    Its forks' are told before its own, in the order in which they ended; each counts on from what
    its parent had executed until then.
    With its bytecode at hand, as from its second start on: compiling is no cost of the program.
    """
    command = [sys.executable, "-c", program, *arguments]
    counting = [valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    kept = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with TemporaryDirectory() as cache:
        env = {**kept, "PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": cache}
        env["OPENBLAS_NUM_THREADS"] = "1"  # others of its threads would be counted while they wait
        subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True)
        ended = subprocess.run(
            [*counting, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
    counted = re.findall(r"I +refs: +([\d,]+)", ended.stderr)
    assert counted, ended.stderr
    return [int(count.replace(",", "")) for count in counted], ended.stdout


def test_importing_the_package_loads_few_modules() -> None:
    """A training script pays for them. They are as many on every machine with one Python."""
    program = "import sys; n = len(sys.modules); import tb_trainmon; print(len(sys.modules) - n)"
    said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)
    assert int(said) <= MODULES


def test_the_first_list_waits_for_no_open_task_no_rule_and_no_stream(tmp_path: Path) -> None:
    """They are imported when it has been answered, so that who opens a task next waits no more."""
    write_run(tmp_path / "run", 50, 0, "torch")
    program = [sys.executable, "-c", FIRST_ANSWER_AND_THEN, str(tmp_path)]
    said = subprocess.check_output(program, cwd=ROOT, text=True)
    first, then = (set(line.split()) for line in said.splitlines())
    late = {"insights.door", "tasks.opened.open_task", "live.watcher", "export.formats"}
    assert {f"tb_trainmon.{name}" for name in late} <= then - first
    assert len(first) <= FIRST_ANSWER


@pytest.mark.slow
def test_importing_the_package_takes_few_instructions(valgrind: str) -> None:
    [nothing], _ = instructions(valgrind, "pass")
    [ours], _ = instructions(valgrind, "import tb_trainmon")
    assert 0 < ours - nothing < IMPORT


@pytest.mark.slow
def test_a_first_list_costs_few_instructions_a_task(valgrind: str, tmp_path: Path) -> None:
    """From an empty process: scan, glance, judge. The difference of two leaves imports out."""
    logdirs = [tmp_path / str(size) for size in TASKS]
    for size, logdir in zip(TASKS, logdirs, strict=True):
        for number in range(size):
            write_run(logdir / f"run{number:03}", 50, number, "torch")
    [few, many, _], said = instructions(valgrind, FIRST_LISTS, *logdirs)
    assert said == "".join(f"tasks: {size}\n" for size in TASKS)
    assert 0 < (many - few) / (TASKS[1] - TASKS[0]) < A_TASK
