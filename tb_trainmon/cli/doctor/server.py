"""A TensorBoard with the tab in it: what a browser asks first, and whether news come through."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from tb_trainmon.cli.doctor.finding import Finding, failed, good, warning
from tb_trainmon.demo.children import Child

STARTS_WITHIN_SECONDS = 60.0
ANSWERS_WITHIN_SECONDS = 30.0
#: TrainMon's stream says something at once.
STREAMS_WITHIN_SECONDS = 3.0
ROUTE = "data/plugin/trainmon/"
_STARTED = re.compile(r"^TensorBoard \S+ at (http://\S+/) ", re.MULTILINE)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of what a server said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def check(chosen: argparse.Namespace) -> Iterator[Finding]:
    """That of ``--url``, or else a new one, which is ended again."""
    yield from proxies_of_the_environment()
    if chosen.url:
        yield from ask(chosen.url.partition("#")[0].rstrip("/") + "/")
        return
    with tempfile.TemporaryDirectory() as folder:
        with Child(_command(chosen), Path(folder, "output.txt")) as child:
            url = _wait_for_url(child)
            if url is not None:
                yield good("TensorBoard starts on it.")
                yield from ask(url)
                return
        yield failed(
            f"TensorBoard does not start: {child.last_words()}",
            "The lines above say why, or else: python -m tensorboard.main --logdir ...",
        )


def _command(chosen: argparse.Namespace) -> list[str]:
    where = (
        ["--logdir_spec", chosen.logdir_spec] if chosen.logdir_spec else ["--logdir", chosen.logdir]
    )
    ours = [*(["--trainmon_db", chosen.db] if chosen.db else []),
            *(["--trainmon_config", chosen.config] if chosen.config else [])]  # fmt: skip
    return ["tensorboard.main", *where, *ours, "--host", "127.0.0.1", "--port", "0"]


def _wait_for_url(child: Child) -> str | None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline and child.exit_code() is None:
        found = _STARTED.search(child.output.read_text("utf-8", errors="replace"))
        if found:
            return found[1]
        time.sleep(0.05)
    return None


def proxies_of_the_environment() -> Iterator[Finding]:
    """A browser that takes these settings sends what is on this machine elsewhere."""
    named = os.environ.get("http_proxy") or os.environ.get("HTTP_PROXY")
    excepted = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if named and not any(host in excepted for host in _LOOPBACK):
        yield warning(
            "The environment names an HTTP proxy, and does not except this machine from it: a "
            "browser may not reach TensorBoard on localhost.",
            "export no_proxy=localhost,127.0.0.1",
        )


def ask(url: str) -> Iterator[Finding]:
    """The tab's first questions, in their order; the first that fails is the last that is asked."""
    try:
        listing = _json(url, "data/plugins_listing")
    except (OSError, http.client.HTTPException, ValueError) as problem:
        yield failed(
            f"{url} does not answer as a TensorBoard does: {problem}",
            "Give the address as the browser has it, with the path that a proxy adds.",
        )
        return
    if "trainmon" not in listing:
        yield failed(
            f"The TensorBoard at {url} does not know TrainMon.",
            "Install TrainMon into its environment and start it again.",
        )
        return
    try:
        yield from _ask_trainmon(url)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        yield failed(f"TrainMon does not answer at {url}: {problem}", "See TensorBoard's output.")


def _ask_trainmon(url: str) -> Iterator[Finding]:
    module = _get(url, f"{ROUTE}index.js")
    kind = module.headers.get("Content-Type", "")
    if module.status != http.HTTPStatus.OK or "javascript" not in kind:
        yield failed(
            f"The tab's script comes as {module.status} {kind!r}: the tab stays empty.",
            "Let the proxy pass on everything below data/ as it is.",
        )
        return
    tasks = _tasks(url)
    yield good(f"The tab answers at {url}")
    yield from between(module)
    if tasks:
        yield from streams(url, tasks[0]["id"])


def _tasks(url: str) -> list[Any]:
    """The tasks that are known within the time of one answer."""
    deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
    while True:
        answer = _json(url, f"{ROUTE}tasks")
        if answer["progress"] is None or answer["tasks"] or time.monotonic() > deadline:
            tasks: list[Any] = answer["tasks"]
            return tasks
        time.sleep(0.2)


def between(answer: Answer) -> Iterator[Finding]:
    """Who speaks for TensorBoard."""
    server = answer.headers.get("Server", "")
    via = answer.headers.get("Via", "")
    if via or (server and "werkzeug" not in server.lower()):
        yield good(f"A proxy lies in between ({(via or server).strip()}).")


def streams(url: str, task: str) -> Iterator[Finding]:
    """Whether what happens is passed on while it happens."""
    path = f"{ROUTE}stream?task={quote(task, safe='')}&client=doctor"
    connection = _connection(url, STREAMS_WITHIN_SECONDS)
    with contextlib.closing(connection):
        try:
            connection.request("GET", _path(url, path), headers={"Accept": "text/event-stream"})
            answer = connection.getresponse()
            first = answer.read1(64) if answer.status == http.HTTPStatus.OK else b""
            said = f"status {answer.status}"
        except TimeoutError:
            first, said = b"", f"nothing within {STREAMS_WITHIN_SECONDS:g} s"
    if first.startswith(b"retry:"):
        yield good("What happens is streamed as it happens.")
    else:
        yield warning(
            f"Streams do not come through ({said}): the tab asks once a second instead.",
            "Have the proxy pass on text/event-stream unbuffered (nginx: proxy_buffering off).",
        )


def _json(url: str, path: str) -> Any:
    answer = _get(url, path)
    if answer.status != http.HTTPStatus.OK:
        raise ValueError(f"{path} answers {answer.status}")
    try:
        return json.loads(answer.body)
    except ValueError:
        raise ValueError(f"{path} answers something else than JSON") from None


def _get(url: str, path: str) -> Answer:
    connection = _connection(url, ANSWERS_WITHIN_SECONDS)
    with contextlib.closing(connection):
        connection.request("GET", _path(url, path))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise ValueError("an address begins with http:// or https://")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.netloc.rpartition("@")[2], timeout=seconds)


def _path(url: str, path: str) -> str:
    return urlsplit(url).path + path
