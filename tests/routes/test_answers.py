"""The bytes of answers: compression, errors of ours, and what JSON cannot say."""

from __future__ import annotations

import gzip
import json
import logging
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from tb_trainmon.core.lazily import Lazily
from tb_trainmon.routes import endpoints, listing
from tb_trainmon.routes.answers import answering
from tb_trainmon.routes.json_bytes import dumped, pieces
from tests.routes.conftest import NewSite
from tests.routes.site import Clock, Site
from tests.routes.trainer import train, training

TASK = "restart_newlr/tb"


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "*", "deflate, gzip;q=0.5"])
def test_an_answer_is_compressed_when_that_is_asked_for(transformers: Site, accepted: str) -> None:
    """And holds, decompressed, the very same bytes."""
    plain = transformers.answer("task", task=TASK)
    packed = transformers.answer("task", task=TASK, headers={"Accept-Encoding": accepted})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0"])
def test_an_answer_is_plain_when_compression_is_not_asked_for(
    transformers: Site, accepted: str
) -> None:
    answer = transformers.answer("task", task=TASK, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert json.loads(answer.data)


def test_a_short_answer_is_not_worth_compressing(transformers: Site) -> None:
    answer = transformers.answer("task", task="nobody", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_caches_keep_no_answer_and_know_what_it_depends_on(transformers: Site) -> None:
    answer = transformers.answer("tasks")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_same_question_has_the_same_bytes(transformers: Site) -> None:
    asked: dict[str, Any] = {"task": TASK, "headers": {"Accept-Encoding": "gzip"}}
    assert (
        transformers.answer("series", **asked).data == transformers.answer("series", **asked).data
    )


@pytest.mark.parametrize("route", ["tasks", "task", "series", "points", "logs"])
def test_a_defect_of_ours_is_one_failed_answer_and_no_more(
    tmp_path: Path,
    open_site: NewSite,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    route: str,
) -> None:
    """In the one JSON shape; the log says where; our other routes and TensorBoard go on."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    train(tmp_path / "run", clock, range(1, 4))
    monkeypatch.setattr(listing if route == "tasks" else endpoints, route, broken)
    site = open_site(tmp_path)
    code, said = site.error(500, route, task="run")
    assert (code, said) == ("internal", "TrainMon failed here; see TensorBoard's output.")
    (record,) = [r for r in caplog.records if r.name.startswith("tb_trainmon")]
    assert record.levelno == logging.ERROR
    assert route in record.getMessage()
    assert record.exc_info is not None
    other = "task" if route == "tasks" else "tasks"
    site.get(other, **({"task": "run"} if other == "task" else {}))
    assert site.neighbour_answers()


def test_a_folder_whose_name_is_no_unicode_costs_nobody_the_list(
    tmp_path: Path, open_site: NewSite, clock: Clock
) -> None:
    train(tmp_path / "good", clock, range(1, 4))
    train(tmp_path / "bad", clock, range(1, 4))
    try:
        (tmp_path / "bad").rename(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    except OSError:
        pytest.skip("This file system has names in Unicode only.")
    bad, good = (task["id"] for task in open_site(tmp_path).get("tasks")["tasks"])
    assert good == "good"
    assert bad.startswith("caf\\")


def test_a_configuration_may_hold_what_json_in_a_browser_cannot(
    tmp_path: Path, open_site: NewSite, clock: Clock
) -> None:
    """What cannot be said of it costs nothing of the rest."""
    config = {"huge": 10**30, "broken": "\ud800", "nan": math.nan, "lr": 0.1}
    with training(tmp_path / "run", clock) as trainer:
        trainer.arguments(**config)
        trainer.log(1, loss=1.0)
    (attempt,) = open_site(tmp_path).get("task", task="run")["attempts"]
    assert attempt["config"] == {"huge": 1e30, "broken": "\\ud800", "nan": None, "lr": 0.1}


def nested(levels: int) -> object:
    """Nothing, in so many lists."""
    return [nested(levels - 1)] if levels else None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2**64 - 1, 2**64 - 1),
        (2**64, 2.0**64),
        (-(2**63), -(2**63)),
        (-(2**70), -(2.0**70)),
        (10**400, None),
        (math.inf, None),
        (
            [math.nan, "\udce9", {"\ud800": (True, 10**30)}],
            [None, "\\udce9", {"\\ud800": [True, 1e30]}],
        ),
        ({1: np.arange(3), "huge": 2**64}, {"1": [0, 1, 2], "huge": 2.0**64}),
        (nested(300), nested(99)),
    ],
)
def test_what_json_cannot_say_becomes_what_is_nearest_to_it(
    value: object, expected: object
) -> None:
    answer = Client(answering(lambda _: {"value": value})).get("/")
    assert answer.status_code == 200
    assert answer.json == {"value": expected}


@pytest.mark.parametrize(
    ("other", "better"), [("eval/loss", "lower"), ("discriminator_loss", None)]
)
def test_the_loss_of_one_that_plays_against_another_is_nowhere_better_when_smaller(
    tmp_path: Path, clock: Clock, open_site: NewSite, other: str, better: str | None
) -> None:
    with training(tmp_path / "run", clock) as trainer:
        for step in range(1, 4):
            trainer.log(step, **{"generator_loss": 1.0, other: 1.0})
    site = open_site(tmp_path)
    assert site.get("tasks")["tasks"][0]["lead_better"] == better
    (loss,) = (m for m in site.get("task", task="run")["metrics"] if m["metric"] == "loss")
    assert loss["better"] == better


@pytest.mark.parametrize("count", [0, 1, 500, 1001])
def test_of_many_messages_the_pieces_are_the_bytes_of_the_whole(count: int) -> None:
    many = Lazily(range(count), lambda n: {"id": n, "loss": math.nan, "name": "\udcff" * (n == 7)})
    message = {"tasks": many, "whole": True, "problems": []}
    told = [*pieces(message)]
    assert max(map(len, told)) < 20_000, "no more than some hundred are made at a time"
    found = b"".join(told)
    assert found == dumped(message) == dumped({**message, "tasks": [*many]})
    assert [task["id"] for task in json.loads(found)["tasks"]] == [*range(count)]
