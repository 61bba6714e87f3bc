"""``trainmon doctor``: what keeps the tab from working, found where it is broken on purpose."""

from __future__ import annotations

import json
import os
import sys
import time
from http.client import HTTPMessage
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon import cli
from tb_trainmon.cli.doctor import environment, logs, server
from tb_trainmon.cli.doctor.finding import Finding
from tests.conftest import StartTensorBoard
from tests.proxy import Proxy
from tests.routes.site import Clock
from tests.routes.trainer import train


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> dict[str, str | None]:
    """Versions that packages are said to have, where a test says one."""
    said: dict[str, str | None] = {}
    version_of = environment.version_of
    monkeypatch.setattr(
        environment, "version_of", lambda name: said[name] if name in said else version_of(name)
    )
    return said


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell in which this environment is active."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def levels(findings: list[Finding]) -> list[str]:
    return [finding.level for finding in findings]


def doctor(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[Any]]:
    code = cli.main(["doctor", "--json", *arguments])
    return code, json.loads(capsys.readouterr().out)["findings"]


@pytest.mark.usefixtures("here")
def test_where_all_is_well_it_says_so_of_everything_and_ends_with_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in an environment that was activated.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("COLUMNS", "300")
    train(tmp_path / "run", Clock(time.time() - 20), range(1, 10))
    assert cli.main(["doctor", "--logdir", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    for good in (
        "TensorBoard finds the plugin",
        "compiled kernel",
        "1 task in",
        "TensorBoard starts on it",
        "The tab answers at http://127.0.0.1:",
        "streamed as it happens",
        "Nothing here keeps the tab from working",
    ):
        assert good in said, said
    assert {line[0] for line in said.splitlines()} <= {"✓", "N"}, said


def test_a_log_directory_that_is_not_there_is_bad_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "gone")
    code, findings = doctor("--logdir", missing, capsys=capsys)
    assert code == 1
    (bad,) = [finding for finding in findings if finding["level"] == "bad"]
    assert missing in bad["what"]


def test_a_log_directory_without_a_training_says_what_to_name(tmp_path: Path) -> None:
    chosen = cli._parser().parse_args(["doctor", "--logdir", str(tmp_path)])
    (finding,) = logs.check(chosen)
    assert finding.level == "bad"
    assert "training" in finding.what
    assert "folder" in finding.todo


@pytest.mark.parametrize(
    ("tensorboard", "package", "version", "todo"),
    [
        ("2.16.2", "numpy", "2.1.0", "numpy<2"),
        ("2.17.0", "numpy", "2.1.0", "numpy<2"),
        ("2.17.1", "numpy", "2.1.0", None),
        ("2.14.1", "numpy", "1.26.4", None),
        ("2.20.0", "setuptools", "82.0.1", "setuptools<82"),
        ("2.20.0", "setuptools", None, "setuptools<82"),
        ("2.21.0", "setuptools", "84.0.0", None),
        ("2.21.0", "setuptools", None, None),
        ("2.22.0a20261101", "setuptools", "84.0.0", None),
    ],
)
def test_what_an_old_tensorboard_needs_beside_it_is_said(
    installed: dict[str, str | None],
    tensorboard: str,
    package: str,
    version: str | None,
    todo: str | None,
) -> None:
    installed |= {"numpy": "1.26.4", "setuptools": "70.0.0", "tensorboard": tensorboard}
    installed[package] = version
    found = [finding for finding in environment.tensorboards() if finding.level == "bad"]
    assert [todo is not None and todo in finding.todo for finding in found] == (
        [True] if todo else []
    )


def test_a_python_without_what_an_old_tensorboard_imports_is_said(
    installed: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed |= {"numpy": "2.1.0", "setuptools": "70.0.0", "tensorboard": "2.19.0"}
    monkeypatch.setattr(environment, "is_installed", lambda module: module != "imghdr")
    _, finding = environment.tensorboards()
    assert "standard-imghdr" in finding.todo
    installed |= {"tensorboard": "2.20.0"}
    assert levels(list(environment.tensorboards())) == ["good"]


def test_a_tensorboard_that_is_too_old_missing_or_there_twice_is_bad(
    installed: dict[str, str | None],
) -> None:
    installed |= {"tensorboard": "2.14.0"}
    (finding,) = environment.tensorboards()
    assert "older than 2.14.1" in finding.what
    installed |= {"tensorboard": None}
    (finding,) = environment.tensorboards()
    assert finding.todo == "pip install tensorboard"
    installed |= {"tensorboard": "2.21.0", "tb-nightly": "2.22.0a1"}
    assert "bad" in levels(list(environment.tensorboards()))


def test_a_package_that_is_missing_or_too_old_is_named(installed: dict[str, str | None]) -> None:
    assert list(environment.dependencies()) == []
    installed |= {"orjson": None, "rich": "12.6.0"}
    assert [finding.todo for finding in environment.dependencies()] == [
        "pip install 'orjson>=3.9'",
        "pip install 'rich>=13.0'",
    ]


def test_another_plugin_that_takes_tensorboard_down_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = metadata.EntryPoint("profile", "there_is_no_such_module:Plugin", environment.GROUP)
    monkeypatch.setattr(metadata, "entry_points", lambda **_: [broken])
    unknown, other = environment.plugins()
    assert "does not find TrainMon" in unknown.what
    assert "'profile'" in other.what
    assert "there_is_no_such_module" in other.what


@pytest.mark.usefixtures("here")
def test_a_command_of_another_environment_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(environment.command()) == []
    other = tmp_path / "tensorboard"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (finding,) = environment.command()
    assert finding.level == "warning"
    assert str(other) in finding.what
    other.unlink()
    (finding,) = environment.command()
    assert "-m tensorboard.main" in finding.todo


def test_the_slow_reader_is_a_warning_and_says_whose_doing_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert levels(list(environment.kernel())) == ["good"]
    monkeypatch.setenv("TRAINMON_READER", "python")
    (finding,) = environment.kernel()
    assert finding.todo == "unset TRAINMON_READER"


def test_a_writer_whose_clock_is_ahead_is_told() -> None:
    tasks = [{"name": "here", "last_event_at": 90.0}, {"name": "ahead", "last_event_at": 400.0}]
    (finding,) = logs.clocks([*tasks, {"name": "none", "last_event_at": None}], 100.0)
    assert "ahead: its last event is 300 s" in finding.what


def test_a_proxy_that_holds_streams_back_is_found(
    start_tensorboard: StartTensorBoard, tmp_path: Path
) -> None:
    train(tmp_path / "run", Clock(time.time() - 20), range(1, 10))
    tensorboard = start_tensorboard("--logdir", str(tmp_path))
    with Proxy(tensorboard.url).serving() as proxy:
        assert set(levels(list(server.ask(proxy.url)))) == {"good"}
        for proxy.streams in ("hold", "refuse"):
            *_, finding = server.ask(proxy.url)
            assert finding.level == "warning"
            assert "Streams do not come through" in finding.what
        proxy.is_down = True
        (finding,) = server.ask(proxy.url)
        assert finding.level == "bad"
        assert "502" in finding.what


@pytest.mark.parametrize(
    ("plugins", "status", "kind", "said"),
    [
        ({}, 200, "text/javascript", "does not know TrainMon"),
        ({"trainmon": {}}, 404, "text/javascript", "comes as 404 'text/javascript'"),
        ({"trainmon": {}}, 200, "text/html", "comes as 200 'text/html'"),
    ],
)
def test_a_tab_that_would_stay_empty_is_bad(
    monkeypatch: pytest.MonkeyPatch, plugins: dict[str, Any], status: int, kind: str, said: str
) -> None:
    headers = HTTPMessage()
    headers["Content-Type"] = kind
    answers = {
        "data/plugins_listing": server.Answer(200, HTTPMessage(), json.dumps(plugins).encode()),
        f"{server.ROUTE}index.js": server.Answer(status, headers, b""),
    }
    monkeypatch.setattr(server, "_get", lambda _, path: answers[path])
    (finding,) = server.ask("http://localhost/")
    assert finding.level == "bad"
    assert said in finding.what


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "localhost:6006", "http://[/"])
def test_an_address_where_nobody_answers_is_bad(url: str) -> None:
    (finding,) = server.ask(url)
    assert finding.level == "bad"


def test_a_proxy_of_the_environment_that_takes_localhost_too_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert list(server.proxies_of_the_environment()) == []
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    assert levels(list(server.proxies_of_the_environment())) == ["warning"]
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    assert list(server.proxies_of_the_environment()) == []
