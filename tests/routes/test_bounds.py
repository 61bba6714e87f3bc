"""Every bound of docs/http_api.md is an error that names the parameter and what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.routes.site import Site

TASK = "restart_newlr/tb"

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("series", {"limit": 0}, "Parameter 'limit' is 0; allowed is 1 to 4000."),
    ("series", {"limit": 4001}, "Parameter 'limit' is 4001; allowed is 1 to 4000."),
    ("series", {"limit": "abc"}, "Parameter 'limit' is abc; allowed is 1 to 4000."),
    ("series", {"limit": "1.5"}, "Parameter 'limit' is 1.5; allowed is 1 to 4000."),
    ("series", {"limit": ""}, "Parameter 'limit' is ; allowed is 1 to 4000."),
    ("series", {"limit": "9" * 6000}, "allowed is 1 to 4000."),
    ("series", {"ma": 0}, "Parameter 'ma' is 0; allowed is 1 to 1000."),
    ("series", {"ma": 1001}, "Parameter 'ma' is 1001; allowed is 1 to 1000."),
    ("series", {"ma": "2.5"}, "Parameter 'ma' is 2.5; allowed is 1 to 1000."),
    ("series", {"ema": "1.0"}, "Parameter 'ema' is 1.0; allowed is 0 <= ema < 1."),
    ("series", {"ema": "-0.1"}, "Parameter 'ema' is -0.1; allowed is 0 <= ema < 1."),
    ("series", {"ema": "nan"}, "Parameter 'ema' is nan; allowed is 0 <= ema < 1."),
    ("series", {"ema": "much"}, "Parameter 'ema' is much; allowed is 0 <= ema < 1."),
    ("series", {"view": "some"}, "Parameter 'view' is 'some'; allowed are latest, all."),
    (
        "series",
        {"metric": [f"metric {n}" for n in range(65)]},
        "Parameter 'metric' is given 65 times; allowed are 64.",
    ),
    (
        "series",
        {"view": "all", "x_min": 20, "x_max": 10},
        "Parameter 'x_min' is 20; allowed is up to x_max, 10.",
    ),
    (
        "series",
        {"view": "all", "x_min": "nan"},
        "Parameter 'x_min' is nan; allowed are finite numbers.",
    ),
    (
        "series",
        {"view": "all", "x_max": "-inf"},
        "Parameter 'x_max' is -inf; allowed are finite numbers.",
    ),
    (
        "series",
        {"view": "all", "axis": "wall", "x_min": 1795387400.5, "x_max": 1795387400},
        "Parameter 'x_min' is 1795387400.5; allowed is up to x_max, 1795387400.",
    ),
    (
        "series",
        {"axis": "time"},
        "Parameter 'axis' is 'time'; allowed are accumulated, step, active, wall.",
    ),
    ("series", {"axis": "", "view": "all"}, "Parameter 'axis' is ''; allowed are accumulated,"),
    ("series", {"x_min": 1}, "Parameters 'x_min' and 'x_max' are allowed with view=all only."),
    (
        "series",
        {"smooth": 1},
        "allowed are axis, ema, leading, limit, ma, metric, task, view, x_max, x_min.",
    ),
    ("series", {"ema": ["0.1", "0.2"]}, "Parameter 'ema' may be given once; it is there 2 times."),
    ("points", {"ema": "2"}, "Parameter 'ema' is 2; allowed is 0 <= ema < 1."),
    ("points", {"ma": 0}, "Parameter 'ma' is 0; allowed is 1 to 1000."),
    ("points", {"limit": 5}, "Parameter 'limit' is not known here; allowed are"),
    ("points", {"metric": ["x" * n for n in range(65)]}, "65 times; allowed are 64."),
    ("points", {"cursor": ["a", "b"]}, "Parameter 'cursor' may be given once"),
    ("points", {"total_steps": 0}, "'total_steps' is 0; allowed is 1 to 1000000000000000."),
    ("task", {"total_steps": "many"}, "Parameter 'total_steps' is many; allowed is 1 to"),
    ("task", {"total_steps": 10**15 + 1}, "allowed is 1 to 1000000000000000."),
    ("task", {"metric": "loss"}, "not known here; allowed are task, total_steps."),
    ("logs", {"limit": 0}, "Parameter 'limit' is 0; allowed is 1 to 1000."),
    ("logs", {"limit": "9" * 5000}, "9… (4,000 more characters); allowed is 1 to 1000."),
    ("series", {"view": "x" * 5000}, "x… (4,000 more characters)'; allowed are latest, all."),
    ("logs", {"limit": 1001}, "Parameter 'limit' is 1001; allowed is 1 to 1000."),
    ("logs", {"before": "yesterday"}, "Parameter 'before' is yesterday; allowed is 0 to"),
    ("logs", {"before": -1}, "Parameter 'before' is -1; allowed is 0 to"),
    (
        "logs",
        {"type": "stepp"},
        "Parameter 'type' is 'stepp'; allowed are start, step, eval, checkpoint, end.",
    ),
    ("marks", {"limit": 5}, "Parameter 'limit' is not known here; allowed are task."),
    (
        "sparklines",
        {"task": [f"task {n}" for n in range(65)]},
        "Parameter 'task' is given 65 times; allowed are 64.",
    ),
    ("sparklines", {"task": []}, "Parameter 'task' is missing."),
    ("sparklines", {"task": ["", ""]}, "Parameter 'task' is missing."),
    ("sparklines", {"metric": "loss"}, "'metric' is not known here; allowed are task."),
    ("logs", {"before": ["1", "2"]}, "Parameter 'before' may be given once"),
    ("logs", {"first": -1}, "Parameter 'first' is -1; allowed is 0 to"),
    ("series", {"leading": 0}, "Parameter 'leading' is 0; allowed is 1 to 64."),
    ("series", {"leading": 2, "metric": "loss"}, "'metric' and 'leading' exclude each other."),
    ("logs", {"first": 1, "before": 2}, "Parameters 'before' and 'first' exclude each other."),
    (
        "logs",
        {"search": "a b c d e f g h i j k"},
        "Parameter 'search' has 11 words in 21 characters; allowed are 10 words in 200 characters.",
    ),
    ("logs", {"search": "x" * 201}, "has 1 words in 201 characters; allowed are 10 words in 200"),
]  # fmt: skip


@pytest.mark.parametrize(("route", "parameters", "message"), BAD)
def test_a_bad_parameter_is_named_with_what_is_allowed(
    transformers: Site, route: str, parameters: dict[str, Any], message: str
) -> None:
    """Whatever lies outside its bounds is refused, never clamped."""
    code, said = transformers.error(400, route, **{"task": TASK, **parameters})
    assert code == "bad_parameter"
    assert message in said


@pytest.mark.parametrize("route", ["task", "series", "points", "logs", "marks"])
def test_a_task_must_be_named_once(transformers: Site, route: str) -> None:
    for parameters in ({}, {"task": ""}):
        code, said = transformers.error(400, route, **parameters)
        assert (code, said) == ("bad_parameter", "Parameter 'task' is missing.")
    code, said = transformers.error(400, route, task=[TASK, "nan/tb"])
    assert (code, said) == (
        "bad_parameter",
        "Parameter 'task' may be given once; it is there 2 times.",
    )


def test_the_list_of_tasks_takes_no_other_parameter(transformers: Site) -> None:
    code, said = transformers.error(400, "tasks", task=TASK)
    assert (code, said) == (
        "bad_parameter",
        "Parameter 'task' is not known here; allowed are since.",
    )


@pytest.mark.parametrize(
    ("route", "parameters"),
    [
        ("series", {"limit": 1}),
        ("series", {"limit": 4000, "ema": 0, "ma": 1}),
        ("series", {"ema": 0.999999, "ma": 1000}),
        ("series", {"view": "all", "x_min": 10, "x_max": 10}),
        ("series", {"view": "all", "axis": "active", "x_min": -1e300, "x_max": 1e300}),
        ("series", {"axis": "wall"}),
        ("series", {"metric": ["loss"] * 65}),
        ("logs", {"limit": 1}),
        ("logs", {"limit": 1000, "before": 0, "type": ["step", "eval", "step"]}),
        ("task", {"total_steps": 10**15}),
        ("points", {"total_steps": 1, "cursor": ""}),
        ("sparklines", {"task": [f"task {n}" for n in range(64)]}),
    ],
)
def test_what_lies_on_its_bound_is_allowed(
    transformers: Site, route: str, parameters: dict[str, Any]
) -> None:
    transformers.get(route, **{"task": TASK, **parameters})


@pytest.mark.parametrize("route", ["task", "series", "points", "logs", "marks"])
@pytest.mark.parametrize("task", ["nobody", "restart_newlr", "../plain", "\ufffd", "a\x00b"])
def test_an_unknown_task_is_404(transformers: Site, route: str, task: str) -> None:
    code, said = transformers.error(404, route, task=task)
    assert code == "unknown_task"
    assert said.startswith(f"There is no task {task!r} here. It may have been renamed or removed")


def test_an_unknown_task_has_no_sparkline(transformers: Site) -> None:
    """The others have; a row that is scrolled away meanwhile is no error."""
    answer = transformers.get("sparklines", task=[TASK, "nobody", TASK])
    assert list(answer["sparklines"]) == [TASK]


def test_an_unknown_metric_is_404(transformers: Site) -> None:
    """Also beside known ones, and when polled with a cursor that is good."""
    cursor = transformers.get("series", task=TASK)["cursor"]
    asked = {"task": TASK, "metric": ["loss", "lost"]}
    for route, parameters in (("series", asked), ("points", {**asked, "cursor": cursor})):
        code, said = transformers.error(404, route, **parameters)
        assert code == "unknown_metric"
        assert said == f"Task '{TASK}' has no metric 'lost'. The route 'task' lists those it has."


@pytest.mark.parametrize("route", ["streams", "tasks/x", "Series", "x", "x.js", "etc.json"])
def test_an_unknown_route_is_404(transformers: Site, route: str) -> None:
    code, _ = transformers.error(404, route)
    assert code == "unknown_route"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize(
    "route",
    [
        "tasks",
        "task",
        "series",
        "points",
        "logs",
        "marks",
        "sparklines",
        "guide",
        "expected",
        "index.js",
    ],
)
def test_anything_but_get_is_405(transformers: Site, route: str, method: str) -> None:
    answer = transformers.answer(route, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.json == {
        "error": {"code": "method_not_allowed", "message": "Only GET is answered here."}
    }


def test_head_is_get_without_the_body(transformers: Site) -> None:
    head, get = transformers.answer("tasks", method="HEAD"), transformers.answer("tasks")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers == get.headers
