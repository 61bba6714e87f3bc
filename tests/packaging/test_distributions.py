"""The wheel has everything in it and works where nothing else of TrainMon is."""

from __future__ import annotations

import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.tensorboard_process import running_tensorboard

pytestmark = pytest.mark.slow


def test_the_wheel_holds_the_front_end_the_data_files_and_the_marker_of_its_types(
    wheel: Path,
) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {
        "tb_trainmon/plugin.py",
        "tb_trainmon/py.typed",
        "tb_trainmon/static/index.js",
        "tb_trainmon/tasks/metric_names/roles.json",
        "tb_trainmon/demo/field_guide.txt",
    } <= names
    assert not [name for name in names if not name.startswith(("tb_trainmon/", "tb_trainmon-"))]


def test_the_wheel_names_its_plugin_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith("/entry_points.txt"))
        lines = packed.read(name).decode().split("\n")

    plugins = lines.index("[tensorboard_plugins]")
    assert lines[plugins + 1] == "trainmon = tb_trainmon.plugin:TrainMonLoader"
    assert "trainmon = tb_trainmon.cli:main" in lines


def test_the_source_distribution_holds_both_the_front_end_and_its_sources(
    distributions: Path,
) -> None:
    (packed,) = distributions.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"tb_trainmon/static/index.js", "frontend/package-lock.json", "LICENSE"} <= names
    assert not [name for name in names if "node_modules" in name]


def test_a_tensorboard_with_the_wheel_shows_the_tab_and_answers(
    installed: Path, real_logs: Path
) -> None:
    logdir = str(real_logs / "transformers_v5")
    with running_tensorboard("--logdir", logdir, python=installed) as tensorboard:
        listing = tensorboard.get("data/plugins_listing")
        tasks = tensorboard.listing()["tasks"]
        entry = tensorboard.get_text("data/plugin/trainmon/index.js")

    assert listing["trainmon"]["tab_name"] == "TrainMon"
    assert listing["trainmon"]["enabled"]
    assert "restart_newlr/tb" in [task["id"] for task in tasks]
    assert "render" in entry
    assert "installed without its front end" not in entry


def test_the_command_is_installed(installed: Path) -> None:
    said = subprocess.run(
        [installed.parent / "trainmon", "--version"], capture_output=True, text=True, check=True
    )

    assert said.stdout == "trainmon 0.1.0\n"


def test_importing_the_package_in_a_training_script_loads_nothing_heavy(installed: Path) -> None:
    program = (
        "import sys, tb_trainmon;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'tensorboard', 'numpy', 'sqlalchemy', 'orjson', 'google', 'yaml', 'werkzeug'}))"
    )
    said = subprocess.run(
        [installed, "-c", program], capture_output=True, text=True, check=True, cwd="/"
    )

    assert said.stdout.strip() == ""
