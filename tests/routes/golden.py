"""The scene that the golden messages of tests/fixtures/wire are taken from, and their notation."""

from __future__ import annotations

import json
import math
import os
import shutil
from itertools import islice
from pathlib import Path
from typing import Any

from tests.routes.site import Clock, Site
from tests.routes.trainer import Trainer, training

RESTARTED, BROKEN, LIVE = "restart_newlr/tb", "nan/tb", "char-lm"
HEADLINES = ["loss", "perplexity", "grad_norm", "learning_rate"]
SMOOTHING = {"ema": 0.6, "ma": 3}
_BEGAN = 1_795_387_000.0
_FEW = 5


def play(real_logs: Path, folder: Path) -> dict[str, Any]:
    """The messages of every route, by file name: logs of real trainers, and a task that runs."""
    clock = Clock(_BEGAN)
    for name in ("restart_newlr", "nan"):
        shutil.copytree(real_logs / "transformers_v5" / name, folder / name)
    _launch_that_logs_nothing(folder, clock)
    with training(folder / LIVE, clock, pid=7) as trainer:
        trainer.arguments(max_steps=200, learning_rate=0.001, logging_nan_inf_filter=False)
        (folder / LIVE / "hparams.yaml").write_text("max_steps: 50\n", encoding="utf-8")
        for step in range(10, 90, 10):
            _step(trainer, clock, step)
        trainer.flush()
        _set_times(folder, clock)
        site = Site(folder, clock)
        messages = _messages_of_logs(site) | _messages_of_live(site)
        messages |= _what_comes_later(site, trainer, clock)
    messages |= _expected(folder.with_name(f"{folder.name}-expected"))
    return messages | _what_comes_after_it(site, clock, messages["points_delta"]["cursor"])


def _messages_of_logs(site: Site) -> dict[str, Any]:
    asked = {"task": RESTARTED, **SMOOTHING}
    return {
        "tasks": site.get("tasks"),
        "tasks_without_logdir": Site("", Clock(_BEGAN)).get("tasks"),
        "task_restart_newlr": site.get("task", task=RESTARTED),
        "task_nan": site.get("task", task=BROKEN),
        "series_restart_newlr": site.get("series", metric=[*HEADLINES, "eval_loss"], **asked),
        "series_restart_newlr_latest": site.get("series", metric="loss", limit=5, **asked),
        "series_restart_newlr_overview": site.get(
            "series", metric="loss", view="all", limit=8, x_min=20, **asked
        ),
        "series_nan": site.get("series", task=BROKEN, metric=["loss", "eval_loss"], **SMOOTHING),
        "marks_restart_newlr": site.get("marks", task=RESTARTED),
        "logs_restart_newlr": site.get("logs", task=RESTARTED),
        "logs_nan": site.get("logs", task=BROKEN, limit=5),
        "logs_nan_evaluations": site.get("logs", task=BROKEN, limit=2, type="eval"),
    }


def _messages_of_live(site: Site) -> dict[str, Any]:
    return {
        "task_live": site.get("task", task=LIVE),
        "series_live": site.get("series", task=LIVE, metric=HEADLINES, **SMOOTHING),
        "logs_live": site.get("logs", task=LIVE, limit=4),
        "marks_live": site.get("marks", task=LIVE),
        "guide": site.get("guide"),
        "expected_live": site.get("expected", task=LIVE),
        "tasks_counted": site.get("tasks"),
        "sparklines": site.get("sparklines", task=[RESTARTED, BROKEN, LIVE, "waiting", "nobody"]),
    }


_ASKED = {"task": LIVE, "metric": HEADLINES, **SMOOTHING}


def _what_comes_later(site: Site, trainer: Trainer, clock: Clock) -> dict[str, Any]:
    """What a reader is told who polls: nothing, then two more steps."""
    first = site.get("points", **_ASKED)
    asked = {**_ASKED, "cursor": first["cursor"]}
    nothing = site.get("points", **asked)
    for step in (90, 100):
        _step(trainer, clock, step)
    trainer.flush()
    delta = site.get("points", **asked)
    return {"points_without_cursor": first, "points_nothing": nothing, "points_delta": delta}


def _what_comes_after_it(site: Site, clock: Clock, cursor: str) -> dict[str, Any]:
    """The task is started again, with another learning rate."""
    clock.advance(60.0)
    with training(site.logdir / LIVE, clock, pid=8) as trainer:
        trainer.arguments(max_steps=200, learning_rate=0.0005, logging_nan_inf_filter=False)
        for step in (10, 20):
            _step(trainer, clock, step)
    clock.advance(5.0)
    return {
        "points_reset": site.get("points", cursor=cursor, **_ASKED),
        "task_live_restarted": site.get("task", task=LIVE),
    }


def _step(trainer: Trainer, clock: Clock, step: int) -> None:
    broken = step in (40, 100)
    clock.advance(step % 30 / 20)  # so that the pace is not even, and the ETA a range
    trainer.log(
        step,
        train__loss=2.0 + 8.0 / step,
        train__grad_norm=math.inf if broken else 0.5 + step / 1000,
        train__learning_rate=0.001 * (1 - step / 200),
        train__epoch=step / 50,
    )
    if step % 50 == 0:
        trainer.log(step, eval__loss=math.nan if broken else 2.25)


def _expected(folder: Path) -> dict[str, Any]:
    """A language model, half way, whose rate follows a cosine without noise."""
    clock = Clock(_BEGAN)
    with training(folder / LIVE, clock, pid=3) as trainer:
        trainer.arguments(max_steps=1200, lr_scheduler_type="cosine")
        for step in range(10, 610, 10):
            rate = 0.0001 * (1.0 + math.cos(math.pi * step / 1200))
            trainer.log(step, lm_loss=2.0 + 4.0 * step**-0.3, learning_rate=rate)
    return {"expected_half_way": Site(folder, clock).get("expected", task=LIVE)}


def _launch_that_logs_nothing(folder: Path, clock: Clock) -> None:
    with training(folder / "waiting", clock, pid=9):
        clock.advance(1.0)
    file = folder / "unreadable" / "events.out.tfevents.1795387000.vm.6.0"
    file.parent.mkdir()
    file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n")


def _set_times(folder: Path, clock: Clock) -> None:
    """What a checkout does to the times of files and folders must not be in the messages."""
    for path in folder.rglob("*"):
        name, _, step = path.name.rpartition("-")
        saved = 1_795_386_919.5 + int(step) / 32 if name == "checkpoint" else clock()
        os.utime(path, (saved, saved))


def sampled(value: Any) -> Any:
    """``value`` with no more than a few of what every metric and every rule has an entry in.

    Whoever adds one of these changes nothing of the wire.
    """
    if isinstance(value, list):
        return [sampled(member) for member in value]
    if not isinstance(value, dict):
        return value
    kept = {key: sampled(of) for key, of in value.items()}
    if "guide" in kept:
        kept["guide"] = dict(islice(kept["guide"].items(), _FEW))
    if "insights_looked" in kept:
        kept["insights_looked"] = kept["insights_looked"][:_FEW]
    return kept


def written(value: Any, indent: str = "") -> str:
    """JSON with a line for each member, but for lists of plain values, which get one."""
    inner = indent + " "
    if isinstance(value, dict) and value:
        members = [f"{json.dumps(key)}: {written(of, inner)}" for key, of in value.items()]
        return "{" + ",".join(f"\n{inner}{member}" for member in members) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(member, (dict, list)) for member in value):
        members = [written(member, inner) for member in value]
        return "[" + ",".join(f"\n{inner}{member}" for member in members) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def differences(found: Any, expected: Any, place: str = "") -> list[str]:
    """Where two messages differ; floats may by what two machines' ``exp`` differ."""
    if isinstance(found, dict) and isinstance(expected, dict) and found.keys() == expected.keys():
        pairs = [(found[key], expected[key], f"{place}.{key}") for key in found]
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        both = zip(found, expected, strict=True)
        pairs = [(mine, theirs, f"{place}[{at}]") for at, (mine, theirs) in enumerate(both)]
    elif isinstance(found, float) and isinstance(expected, float):
        same = math.isclose(found, expected, rel_tol=1e-12)
        return [] if same else [f"{place}: {found!r} is not {expected!r}"]
    elif isinstance(found, list) and isinstance(expected, list):
        (one, *_) = found[len(expected) :] or expected[len(found) :]
        return [f"{place}: {len(found)} instead of {len(expected)}, one of them {one!r}"]
    else:
        same = found == expected and type(found) is type(expected)
        return [] if same else [f"{place}: {found!r} is not {expected!r}"]
    return [line for pair in pairs for line in differences(*pair)]
