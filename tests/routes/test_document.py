"""docs/http_api.md is true: what it names is there, and what is there it names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tb_trainmon.core import errors
from tb_trainmon.routes import listing
from tb_trainmon.routes.applications import applications
from tb_trainmon.routes.static import StaticFiles
from tests.routes.site import Clock, Site

DOCUMENT = (Path(__file__).parents[2] / "docs" / "http_api.md").read_text(encoding="utf-8")
ROUTES = (
    "tasks",
    "task",
    "series",
    "points",
    "stream",
    "logs",
    "marks",
    "sparklines",
    "guide",
    "expected",
)
OTHERS = ("export", "metrics")  # whose answers are no JSON
# What these keys hold is data, and what those hold is named by metrics or tasks.
DATA = {"config", "changed", "facts"}
BY_METRIC = {"metrics", "series", "sparklines", "guide", "insights"}


def sections() -> dict[str, str]:
    """The text of each chapter, by the first word of its heading."""
    parts = re.split(r"^## `?(\w+)[^\n]*\n", "\n" + DOCUMENT, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def headings() -> dict[str, str]:
    """The parameters that each route's heading shows, by route."""
    return dict(re.findall(r"^## `(\w+)(?:\?([^`]*))?`", DOCUMENT, flags=re.MULTILINE))


def documented_parameters(route: str) -> set[str]:
    """Those of the heading, of the table, and those that a sentence says are optional or taken."""
    text = sections()[route]
    rows = re.findall(r"^\| (`[^|]*) \|", text, flags=re.MULTILINE)
    sentences = re.findall(r"(?:Optional|Takes) ([^.;(]*)", text)
    inside = [name for part in (*rows, *sentences) for name in re.findall(r"`(\w+)", part)]
    return {*re.findall(r"(\w+)=", headings()[route]), *inside}


def documented_keys(section: str) -> set[str]:
    """The keys of its examples, without those that are data."""
    examples = "\n".join(line for line in section.splitlines() if line.startswith("    "))
    examples = re.sub(r'"(config|changed|facts|metrics)": \{[^}]*\}', r'"\1": 0', examples)
    examples = re.sub(r'"(series|sparklines|guide|insights)": \{"[\w-]+"', r'"\1": {0', examples)
    without_values = re.findall(r'\{((?:"\w+"(?:, )?)+)\}', examples)
    bare = [name for part in without_values for name in re.findall(r'"(\w+)"', part)]
    return {*re.findall(r'"(\w+)":', examples), *bare}


def keys_in(value: Any) -> Iterator[str]:
    """Every key of an answer, without those that are data."""
    if isinstance(value, list):
        for member in value:
            yield from keys_in(member)
    elif isinstance(value, dict):
        for key, member in value.items():
            yield key
            if key in BY_METRIC and isinstance(member, dict):
                yield from keys_in(list(member.values()))
            elif key not in DATA:
                yield from keys_in(member)


@pytest.fixture(scope="module")
def answers(wire_messages: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What the routes answer about the scene of the golden messages, by route."""
    found: dict[str, list[Any]] = {route: [] for route in ROUTES}
    for name, message in wire_messages.items():
        found[name.partition("_")[0]].append(message)
    found["stream"] = [message for answer in found["points"] for message in answer["messages"]]
    return found


def test_the_routes_are_those_of_the_document(tmp_path: Path) -> None:
    service: Any = None  # asked by nobody here
    there = {path.removeprefix("/") for path in applications(service, StaticFiles(tmp_path))}
    front_end = {"*", "plugin/trainmon/index.js"}
    assert set(headings()) == there - front_end == {*ROUTES, *OTHERS}


@pytest.mark.parametrize("route", [*ROUTES, *OTHERS])
def test_the_parameters_of_a_route_are_those_of_the_document(
    transformers: Site, route: str
) -> None:
    _, said = transformers.error(400, route, no_such_parameter=1)
    allowed = re.findall(r"\w+", said.partition("allowed are ")[2])
    assert set(allowed) - {"none"} == documented_parameters(route)


@pytest.mark.parametrize("route", ROUTES)
def test_every_key_that_the_document_names_is_in_the_answers(
    answers: dict[str, list[Any]], route: str
) -> None:
    missing = documented_keys(sections()[route]) - set(keys_in(answers[route]))
    assert not missing


@pytest.mark.parametrize("route", ROUTES)
def test_every_key_of_the_answers_is_in_the_document(
    answers: dict[str, list[Any]], route: str
) -> None:
    """In an example, or in the text (``last_non_finite`` is not always there)."""
    shown = {key for text in sections().values() for key in documented_keys(text)}
    told = set(re.findall(r"`(\w+)`", DOCUMENT))
    assert not set(keys_in(answers[route])) - shown - told


def test_a_problem_has_the_documented_keys(answers: dict[str, list[Any]]) -> None:
    (problem,) = answers["tasks"][0]["problems"]
    assert set(problem) == documented_keys(sections()["Problems"])


def test_an_error_is_as_the_document_shows_it(transformers: Site) -> None:
    """To the letter: the example is a real answer."""
    code, said = transformers.error(400, "series", task="restart_newlr/tb", limit=9000)
    assert f'{{"error": {{"code": "{code}", "message": "{said}"}}}}' in DOCUMENT


def test_the_errors_are_those_of_the_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each that the table names can happen with its status, and each of ours is in the table."""
    rows = re.findall(r"^\| (\d+) \| ([^|]*) \|", sections()["Errors"], flags=re.MULTILINE)
    documented = {
        (int(status), code) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)
    }
    monkeypatch.setattr(listing, "tasks", lambda *_: 1 / 0)
    site = Site(tmp_path, Clock())
    happened = {
        (400, site.error(400, "task")[0]),
        (404, site.error(404, "task", task="x")[0]),
        (404, site.error(404, "nothing")[0]),
        (405, site.error(405, "task", method="POST")[0]),
        (500, site.error(500, "tasks")[0]),
    }
    ours = {(error.status, error.code) for error in errors.RequestError.__subclasses__()}
    assert happened | ours == documented


def test_the_words_of_the_document_are_those_of_the_answers(
    answers: dict[str, list[Any]],
) -> None:
    tasks = sections()["tasks"]
    for task in answers["tasks"][0]["tasks"]:
        assert re.search(rf"\b{task['status']}\b", tasks)
        assert re.search(rf'"mode": .*\b{task["mode"]}\b', tasks)
    for attempt in (a for task in answers["task"] for a in task["attempts"]):
        assert f"`{attempt['kind']}`" in sections()["task"]
    logs = sections()["logs"]
    for page in answers["logs"]:
        assert f'"{page["source"]}"' in logs
        assert {f"`{name}`" for name in page["counts"]} <= set(re.findall(r"`\w+`", logs))
    for word in ("nan", "inf", "-inf"):
        assert f'`"{word}"`' in sections()["task"]
    for number in (math.nan, math.inf, -math.inf):
        word = str(number).replace("nan", "NaN").replace("inf", "Infinity")
        assert f'`"{word}"`' in logs
