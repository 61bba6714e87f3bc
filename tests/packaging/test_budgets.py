"""What starting costs, counted: the same on a busy machine as on a quiet one.

Instructions are those that valgrind's callgrind sees a process execute. Each budget is a quarter to
a half above what was measured with Python 3.11, for other Pythons and releases of what we use.
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
IMPORT = 20e6  # instructions beyond a Python that does nothing; 13 million
A_TASK = 3.5e6  # instructions for each task of a first list; 3.1 million

TASKS = (40, 160)
ROOT = Path(__file__).parents[2]

FIRST_LIST = """
import sys
from tb_trainmon.tasks.catalogue import Catalogue
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.tasks.service import Tasks
clock, side_files = lambda: 1_800_000_000.0, SideFiles()
roots = [Root(sys.argv[1])]
catalogue = Catalogue(roots, Databases(), side_files, clock, patience=float("inf"))
print("tasks:", len(Tasks(catalogue, side_files, clock).listing().tasks))
"""


@pytest.fixture
def valgrind() -> str:
    found = shutil.which("valgrind")
    if found is None:
        pytest.skip("Instructions are not counted: there is no valgrind (apt-get install valgrind)")
    return found


def instructions(valgrind: str, program: str, *arguments: str | Path) -> tuple[int, str]:
    """How many ``program`` takes in a Python of its own, and what it prints.

    With its bytecode at hand, as from its second start on: compiling is no cost of the program.
    """
    command = [sys.executable, "-c", program, *arguments]
    callgrind = [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    kept = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with TemporaryDirectory() as cache:
        env = {**kept, "PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": cache}
        subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True)
        ended = subprocess.run(
            [*callgrind, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
    counted = re.search(r"Collected : (\d+)", ended.stderr)
    assert counted is not None, ended.stderr
    return int(counted[1]), ended.stdout


def test_importing_the_package_loads_few_modules() -> None:
    """A training script pays for them. They are as many on every machine with one Python."""
    program = "import sys; n = len(sys.modules); import tb_trainmon; print(len(sys.modules) - n)"
    said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)
    assert int(said) <= MODULES


@pytest.mark.slow
def test_importing_the_package_takes_few_instructions(valgrind: str) -> None:
    nothing, _ = instructions(valgrind, "pass")
    ours, _ = instructions(valgrind, "import tb_trainmon")
    assert 0 < ours - nothing < IMPORT


@pytest.mark.slow
def test_a_first_list_costs_few_instructions_a_task(valgrind: str, tmp_path: Path) -> None:
    """From an empty process: scan, glance, judge. The difference of two leaves imports out."""
    counted = []
    for size in TASKS:
        logdir = tmp_path / str(size)
        for number in range(size):
            write_run(logdir / f"run{number:03}", 50, number, "torch")
        count, said = instructions(valgrind, FIRST_LIST, logdir)
        assert said == f"tasks: {size}\n"
        counted.append(count)
    assert 0 < (counted[1] - counted[0]) / (TASKS[1] - TASKS[0]) < A_TASK
