"""The plugin never breaks its host, whatever it is given."""

from __future__ import annotations

import argparse
import logging
import os
import re
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin

import pytest
from tensorboard.plugins import base_plugin
from werkzeug.test import Client

from tb_trainmon import plugin as plugin_module
from tb_trainmon.event_files import reader
from tb_trainmon.plugin import TrainMonLoader, TrainMonPlugin
from tb_trainmon.routes.applications import applications
from tb_trainmon.routes.static import StaticFiles

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of what TensorBoard carries in _vendor
    from tensorboard.backend.application import TensorBoardWSGIApp

PREFIX = "/data/plugin/trainmon/"
ROOT = Path(__file__).parents[1]


def context(logdir: str | None = "", flags: object = None) -> base_plugin.TBContext:
    return base_plugin.TBContext(logdir=logdir, flags=flags)


def parsed(*arguments: str) -> argparse.Namespace:
    """Flags as TensorBoard parses them, ours among them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--logdir", default="")
    parser.add_argument("--logdir_spec", default="")
    parser.add_argument("--path_prefix", default="")
    parser.add_argument("--samples_per_plugin", default={})
    parser.add_argument("--window_title", default="")
    TrainMonLoader().define_flags(parser)
    return parser.parse_args(arguments)


def tensorboard(*arguments: str) -> Client:
    """TensorBoard's own application with TrainMon as its only plugin."""
    return Client(TensorBoardWSGIApp(parsed(*arguments), [TrainMonLoader]))


def ask(client: Client, route: str) -> Any:
    answer = client.get(PREFIX + route)
    assert answer.status_code == 200
    if (answer.json or {}).get("progress") is not None:  # a list that is not whole yet
        return ask(client, route)
    return answer.json


def test_importing_the_plugin_loads_nothing_that_reads() -> None:
    """TensorBoard imports every plugin before its port is open."""
    program = """
import sys
from tensorboard.plugins import base_plugin
before = set(sys.modules)
from tb_trainmon.plugin import TrainMonLoader
plugin = TrainMonLoader().load(base_plugin.TBContext(logdir="/nowhere"))
plugin.get_plugin_apps(), plugin.frontend_metadata(), plugin.is_active()
print(*sorted(set(sys.modules) - before))
"""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    loaded = run.stdout.split()
    packages = {name.partition(".")[0] for name in loaded}
    assert packages - set(sys.stdlib_module_names) == {"tb_trainmon"}
    assert not packages & {"sqlite3", "json", "concurrent", "multiprocessing", "asyncio"}
    ours = [name for name in loaded if name.startswith("tb_trainmon.")]
    assert ours == ["tb_trainmon.plugin"]


def test_the_tab_is_described_as_tensorboard_wants_it() -> None:
    plugin = TrainMonPlugin(context())
    metadata = plugin.frontend_metadata()
    assert plugin.plugin_name == "trainmon"
    assert metadata.tab_name == "TrainMon"
    assert metadata.es_module_path == "/plugin/trainmon/index.js"
    assert metadata.disable_reload is True
    assert metadata.element_name is None


@pytest.mark.parametrize("logdir", [None, "", "/nowhere", "s3://bucket/runs", "\0", 7])
@pytest.mark.parametrize(
    "flags", [None, argparse.Namespace(), SimpleNamespace(logdir_spec=None, trainmon_db=None), 7]
)
def test_nothing_that_tensorboard_calls_while_it_starts_raises(logdir: Any, flags: Any) -> None:
    """However odd the context: each of these would take TensorBoard down or its other tabs."""
    plugin = TrainMonLoader().load(context(logdir, flags))
    assert plugin is not None
    assert plugin.is_active() is True
    assert list(plugin.data_plugin_names()) == []
    assert plugin.frontend_metadata().tab_name == "TrainMon"
    assert "/tasks" in plugin.get_plugin_apps()


def test_constructing_starts_no_thread_and_opens_nothing(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    plugin = TrainMonPlugin(context(str(tmp_path), parsed()))
    plugin.get_plugin_apps()
    assert set(threading.enumerate()) == before
    assert plugin._applications is None
    assert list(tmp_path.iterdir()) == []


def test_reading_a_log_directory_leaves_no_thread_and_no_file_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    (tmp_path / "run").mkdir()
    listed = ask(tensorboard("--logdir", str(tmp_path)), "tasks")
    assert (listed["tasks"], listed["problems"]) == ([], [])
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=60)
    assert set(threading.enumerate()) == before
    assert [path.name for path in tmp_path.rglob("*")] == ["run"]


def test_each_flag_is_there_once_with_its_default() -> None:
    parser = argparse.ArgumentParser()
    TrainMonLoader().define_flags(parser)
    mine = [action for action in parser._actions if action.dest != "help"]
    assert Counter(flag for action in mine for flag in action.option_strings) == {
        "--trainmon_db": 1,
        "--trainmon_config": 1,
        "--trainmon_memory": 1,
    }
    assert vars(parser.parse_args([])) == {
        "trainmon_db": "",
        "trainmon_config": "",
        "trainmon_memory": 1024,
    }
    assert all(action.help and "\n" not in action.help for action in mine)


def test_a_plugin_that_cannot_be_built_is_left_out_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(plugin_module, "TrainMonPlugin", broken)
    assert TrainMonLoader().load(context()) is None
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "TensorBoard goes on without it" in record.getMessage()
    assert record.exc_info is not None
    assert tensorboard().get("/data/plugins_listing").json == {}


def test_the_plugin_wakes_up_for_every_route_there_is(tmp_path: Path) -> None:
    """Those that it names before it knows the routes are those that there are."""
    names = TrainMonPlugin(context()).get_plugin_apps().keys()
    service: Any = None
    assert names == applications(service, StaticFiles(tmp_path)).keys()


def test_tensorboard_lists_the_tab() -> None:
    listing: Any = tensorboard("--logdir", "/nowhere").get("/data/plugins_listing").json
    assert listing["trainmon"]["enabled"] is True
    assert listing["trainmon"]["tab_name"] == "TrainMon"
    assert listing["trainmon"]["loading_mechanism"] == {
        "type": "IFRAME",
        "module_path": "/data/plugin/trainmon/plugin/trainmon/index.js",
    }


@pytest.mark.parametrize("prefix", ["", "/behind/a/proxy"])
@pytest.mark.parametrize("heeds_base", [True, False])
def test_every_browser_finds_the_entry_module_from_tensorboards_page(
    prefix: str, heeds_base: bool
) -> None:
    """WebKit resolves the page's import by the page's address, the others by its ``<base>``."""
    client = tensorboard("--path_prefix", prefix)
    page = f"{prefix}/data/plugin_entry.html"
    text = client.get(page, query_string={"name": "trainmon"}).text
    base = re.search(r'<base href="([^"]+)"', text)
    imported = re.search(r'import\("([^"]+)"\)', text)
    assert base is not None
    assert imported is not None
    entry = urljoin(urljoin(page, base[1]) if heeds_base else page, imported[1])
    module = client.get(entry)
    assert module.status_code == 200
    assert module.data == client.get(f"{prefix}{PREFIX}index.js").data


def test_without_a_log_directory_the_tab_says_so() -> None:
    """A sentence that says what to do, not a blank."""
    answer = ask(tensorboard(), "tasks")
    assert answer["tasks"] == []
    (problem,) = answer["problems"]
    assert problem["code"] == "no_logdir"
    assert "tensorboard --logdir DIR" in problem["message"]


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--logdir", "/nowhere/at all"), "logdir_missing"),
        (("--logdir", "nonsense://bucket/runs"), "remote_scheme"),
        (("--logdir", "memory://nowhere/runs"), "logdir_missing"),
        (("--logdir_spec", "a:/nowhere,b:nonsense://bucket"), "logdir_missing"),
    ],
)
def test_a_log_directory_that_cannot_be_read_is_a_sentence_too(
    flags: tuple[str, str], code: str
) -> None:
    client = tensorboard(*flags)
    deadline = time.monotonic() + 30.0
    while True:
        answer = ask(client, "tasks")
        assert answer["tasks"] == []
        codes = [problem["code"] for problem in answer["problems"]]
        if "remote_first_look" not in codes:  # a remote one is looked at in the background
            break
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert code in codes


def test_the_parts_of_logdir_spec_are_all_there(real_logs: Path) -> None:
    spec = f"old:{real_logs / 'accelerate'},{real_logs / 'trl'}"
    found = {task["id"] for task in ask(tensorboard("--logdir_spec", spec), "tasks")["tasks"]}
    assert any(name.startswith("old/") for name in found)
    assert any(not name.startswith("old/") for name in found)


def test_the_database_may_be_named_by_flag_or_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one that is not there is a sentence."""
    (tmp_path / "logs").mkdir()
    logs, missing = str(tmp_path / "logs"), str(tmp_path / "missing.db")
    monkeypatch.delenv("TRAINMON_DB_URL", raising=False)
    (problem,) = ask(tensorboard("--logdir", logs, "--trainmon_db", missing), "tasks")["problems"]
    assert problem["code"] == "database_unreadable"
    monkeypatch.setenv("TRAINMON_DB_URL", f"sqlite:///{missing}")
    (problem,) = ask(tensorboard("--logdir", logs), "tasks")["problems"]
    assert problem["code"] == "database_unreadable"
    assert not os.path.exists(missing)  # noqa: PTH110  it was never created


def test_a_configuration_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    flags = ("--logdir", str(tmp_path), "--trainmon_config", str(tmp_path / "nothing.toml"))
    (problem,) = ask(tensorboard(*flags), "tasks")["problems"]
    assert problem["code"] == "config_unreadable"
    assert problem["message"].endswith("The default rules apply.")


def test_a_plugin_that_could_not_wake_up_tries_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What was wrong (a package that is being installed) may be over at the next request."""
    client = tensorboard()

    def broken(*_: object) -> None:
        raise ImportError("No module named 'orjson'")

    with monkeypatch.context() as patch:
        patch.setattr(TrainMonPlugin, "_wire", broken)
        answer = client.get(PREFIX + "tasks")
        assert answer.status_code == 500
        body: Any = answer.json
        assert body["error"]["code"] == "internal"
        assert "No module named 'orjson'" in caplog.text
    assert ask(client, "tasks")["tasks"] == []


def test_tensorboards_log_says_once_that_the_kernel_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reader, "is_compiled", lambda _: False)
    client = tensorboard("--logdir", str(tmp_path))
    assert caplog.records == []
    for route in ("tasks", "guide", "tasks"):
        client.get(PREFIX + route)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "slow reader" in record.getMessage()


def test_requests_that_come_at_once_wake_it_up_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken = []
    wire = TrainMonPlugin._wire

    def counting(self: TrainMonPlugin) -> Any:
        woken.append(self)
        return wire(self)

    monkeypatch.setattr(TrainMonPlugin, "_wire", counting)
    client = tensorboard("--logdir", str(tmp_path))
    threads = [threading.Thread(target=ask, args=(client, "tasks")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(woken) == 1
