"""``trainmon notify`` as people run it: real processes, a real web hook, a real mail server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import COMMAND, environment, run
from tests.notifying.receivers import WebHook, mail_server, web_hook
from tests.tasks.tables import Table

# An end is believed once it has lasted some seconds.
pytestmark = pytest.mark.waits

PATIENCE = 60.0


def until(condition: Callable[[], object]) -> None:
    """Wait for it, on however busy a machine."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be in time"
        time.sleep(0.05)


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with web_hook() as running:
        yield running


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A table with a task that runs."""
    now = time.time()
    table = Table(tmp_path / "logs").task(
        status="running", total_steps=400, created_at=now, heartbeat_at=now + 600
    )
    table.attempt(status="running", started_at=now - 100)
    return table.log(10, now - 50, {"loss": 2.0}).log(20, now - 40, {"loss": 1.5})


class Notifier:
    """One ``trainmon notify`` over the logs, and how to start the next."""

    def __init__(self, folder: Path, to: str) -> None:
        self.folder, self._to = folder, to
        self.memory = folder / "told.json"

    def arguments(self, *more: str) -> list[str]:
        places = ["--logdir", str(self.folder / "logs"), "--memory", str(self.memory)]
        return ["notify", *places, "--interval", "1", *more]

    def once(self, *more: str) -> subprocess.CompletedProcess[str]:
        return run(*self.arguments("--once", *more), TRAINMON_NOTIFY_TO=self._to)

    def see_it_last(self, status: str) -> None:
        """As if the end had been seen, and lasted, when the last one was stopped: none waits."""
        kept = self.kept()
        for task in kept["tasks"].values():
            task |= {"changing": status, "changing_since": 0.0}
        self.memory.write_text(json.dumps(kept))

    def kept(self) -> dict[str, Any]:
        """What it remembers."""
        told: dict[str, Any] = json.loads(self.memory.read_text())
        return told

    def has_told_all_of(self, status: str) -> Callable[[], bool]:
        """Whether it is written down that the task came to ``status``, and nothing waits."""

        def crossed_out() -> bool:
            kept = self.kept()
            statuses = {task["status"] for task in kept["tasks"].values()}
            return statuses == {status} and not kept["waiting"]

        return crossed_out

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        log = (self.folder / "notify.log").open("ab")
        with ExitStack() as stack:
            stack.enter_context(log)
            process = subprocess.Popen(
                [*COMMAND, *self.arguments()],
                env=environment(TRAINMON_NOTIFY_TO=self._to),
                stderr=log,
            )
            try:
                until(self.memory.exists)
                yield process
            finally:
                process.kill()
                process.wait()


@pytest.fixture
def notifier(tmp_path: Path, table: Table, hook: WebHook) -> Notifier:
    return Notifier(tmp_path, hook.url)


def fail(table: Table, error: str = "ValueError: no") -> None:
    table.run("UPDATE training_tasks SET status = 'failed', error = ?", error)


def test_a_failure_is_told_once_whatever_happens_to_the_notifier(
    notifier: Notifier, table: Table, hook: WebHook
) -> None:
    with notifier.running() as process:
        fail(table)
        until(notifier.has_told_all_of("failed"))
        process.send_signal(signal.SIGKILL)
    killed = time.time()
    with notifier.running():
        until(lambda: notifier.kept()["looked_at"] > killed)
    assert notifier.has_told_all_of("failed")()
    assert hook.letters == [("run: failed", "ValueError: no\nStep 20 of 400, loss 1.5.")]


def test_what_happens_while_nobody_looks_is_told_afterwards(
    notifier: Notifier, table: Table, hook: WebHook
) -> None:
    assert notifier.once().returncode == 0
    assert hook.letters == []
    fail(table)
    assert notifier.once().returncode == 0
    assert notifier.once().returncode == 0
    assert hook.titles == ["run: failed"]


def test_a_service_that_refuses_is_told_the_next_time(
    notifier: Notifier, table: Table, hook: WebHook
) -> None:
    notifier.once()
    fail(table)
    notifier.see_it_last("failed")
    hook.status = 503
    refused = notifier.once()
    assert "address 1 (json): it refused, or did not answer (HTTP 503)" in refused.stderr
    assert "1 letter: told the next time" in refused.stderr
    hook.status = 200
    # Patience: in half a minute, which is now.
    kept = notifier.memory.read_text()
    notifier.memory.write_text(re.sub(r'"due": [\d.]+', '"due": 1.0', kept))
    notifier.once()
    assert hook.titles == ["run: failed"]


def test_a_service_that_hangs_delays_nobody_else(
    tmp_path: Path, table: Table, hook: WebHook
) -> None:
    with web_hook(hangs=True) as hanging:
        both = Notifier(tmp_path, f"{hanging.url} {hook.url}")
        both.once()
        fail(table)
        both.see_it_last("failed")
        with both.running():
            until(lambda: hanging.asked)
            until(lambda: hook.letters)
            assert hanging.letters == []


def test_a_mail_has_it_too(tmp_path: Path, table: Table) -> None:
    with mail_server() as (url, mails):
        notifier = Notifier(tmp_path, url)
        notifier.once()
        fail(table)
        notifier.see_it_last("failed")
        notifier.once("--link", "http://host:6006")
        (mail,) = mails
    assert mail["Subject"] == "run: failed"
    bodies = [part.get_payload(decode=True) for part in mail.walk()]
    body = b"".join(body for body in bodies if isinstance(body, bytes))
    assert b"ValueError: no" in body
    assert b"http://host:6006/#trainmon&p.trainmon.task=run" in body
    assert any(data.startswith(b"\x89PNG") for data in bodies if isinstance(data, bytes))


def test_dry_run_prints_what_would_be_told_and_remembers_nothing(
    notifier: Notifier, table: Table, hook: WebHook
) -> None:
    notifier.once()
    fail(table)
    notifier.see_it_last("failed")
    before = notifier.memory.read_text()
    for _ in range(2):
        said = notifier.once("--dry-run").stdout
        assert "run: failed" in said
        assert "ValueError: no" in said
    assert notifier.memory.read_text() == before
    assert hook.letters == []


def test_a_rule_says_which_news_of_which_task_is_told(
    notifier: Notifier, table: Table, hook: WebHook, tmp_path: Path
) -> None:
    rules = tmp_path / "logs" / "trainmon.toml"
    rules.write_text('[[notify]]\npattern = "^other"\n[[notify]]\nnews = ["completed"]\n')
    notifier.once()
    fail(table)
    notifier.see_it_last("failed")
    notifier.once()
    assert notifier.has_told_all_of("failed")()
    assert hook.letters == []
    table.run("UPDATE training_tasks SET status = 'completed', error = NULL")
    notifier.see_it_last("completed")
    notifier.once()
    assert hook.titles == ["run: completed"]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[[notify]]\nnews = ["nonsense"]', "has some of completed, failed"),
        ('[[notify]]\nquiet = "at night"', '"22:00-07:00"'),
        ('[[notify]]\npattern = "("', "no pattern"),
        ("[[notify]]\npatern = '.'", "'patern' in [[notify]] is not one of"),
    ],
)
def test_a_rule_that_cannot_be_used_is_a_sentence(
    notifier: Notifier, tmp_path: Path, toml: str, said: str
) -> None:
    (tmp_path / "logs" / "trainmon.toml").write_text(toml)
    told = notifier.once()
    assert told.returncode == 2
    assert said in told.stderr


# ---- secrets -------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are listed in /proc")
def test_an_address_on_the_command_line_does_not_stay_there(
    tmp_path: Path, table: Table, hook: WebHook
) -> None:
    Notifier(tmp_path, hook.url).once()
    fail(table)
    notifier = Notifier(tmp_path, "")
    notifier.see_it_last("failed")
    process = subprocess.Popen(
        [*COMMAND, *notifier.arguments("--to", hook.url)],
        env=environment(TRAINMON_NOTIFY_TO=None),
        stderr=subprocess.PIPE,
    )
    try:
        until(lambda: hook.letters)
        shown = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert b"topsecret" not in shown
        assert b"notify" in shown
    finally:
        process.terminate()
        _, stderr = process.communicate()
    assert process.returncode == 0
    assert b"topsecret" not in stderr


def test_no_log_and_no_memory_holds_an_address(
    notifier: Notifier, table: Table, hook: WebHook, tmp_path: Path
) -> None:
    hook.status = 500
    notifier.once()
    fail(table)
    notifier.see_it_last("failed")
    with notifier.running():
        until(lambda: hook.asked)
        until(lambda: b"tried again" in (tmp_path / "notify.log").read_bytes())
    for file in (tmp_path / "notify.log", notifier.memory):
        assert b"topsecret" not in file.read_bytes()


def test_a_file_with_addresses_is_for_its_owner_alone(
    tmp_path: Path, table: Table, hook: WebHook
) -> None:
    file = tmp_path / "addresses"
    file.write_text(f"# mine\n\n{hook.url}\n")
    file.chmod(0o644)
    notifier = Notifier(tmp_path, "")
    asked = ("--test", "--to", f"file:{file}")
    refused = run(*notifier.arguments(*asked))
    assert refused.returncode == 2
    assert "others may read it: chmod 600 it." in refused.stderr
    file.chmod(0o600)
    assert run(*notifier.arguments(*asked)).returncode == 0
    assert hook.titles == ["TrainMon: a test"]


def test_a_pipe_with_addresses_is_refused_and_not_waited_for(tmp_path: Path, table: Table) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    told = run(*Notifier(tmp_path, "").arguments("--to", f"file:{tmp_path / 'pipe'}"))
    assert told.returncode == 2
    assert "is no regular file" in told.stderr


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (None, "There is no address: name one with --to"),
        ("nonsense", "Address 1 has no scheme"),
        ("nonsense://x:topsecret@y", "apprise cannot use address 1 (nonsense)"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, table: Table, to: str | None, said: str
) -> None:
    told = run(*Notifier(tmp_path, "").arguments(), TRAINMON_NOTIFY_TO=to)
    assert told.returncode == 2
    assert said in told.stderr
    assert "topsecret" not in told.stderr


def test_without_apprise_it_says_what_to_install(tmp_path: Path, table: Table) -> None:
    (tmp_path / "apprise.py").write_text("raise ImportError('no')")
    told = subprocess.run(
        [sys.executable, "-m", "tb_trainmon.cli", *Notifier(tmp_path, "").arguments()],
        env=environment(TRAINMON_NOTIFY_TO="json://x", PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert "pip install 'tb-trainmon[notify]'" in told.stderr
