"""Metrics that nobody logged but that can be computed: perplexity, speed, shares of a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import nan

import numpy as np

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import ARGUMENTS, SideFiles, parse_object
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.metrics.language_model import why_no_perplexity
from tb_trainmon.tasks.judged.metrics.metric import Metric, prominence
from tb_trainmon.tasks.metric_names import meaning_of

# What the tab shows as speed; a time per step is logged beside it, not instead of it.
_SPEEDS = ("samples_per_second", "tokens_per_second", "steps_per_second", "env_fps")


@record(frozen=True, slots=True)
class Offer:
    """A metric that can be computed although it may mean nothing here, and why."""

    metric: Metric
    why: str


def with_derived(
    layout: Layout,
    attempts: Sequence[Attempt],
    metrics: Sequence[Metric],
    side_files: SideFiles,
) -> tuple[tuple[Metric, ...], tuple[Offer, ...]]:
    """``metrics`` with those that can be computed from them; and what is only offered."""
    known = {metric.name: metric for metric in metrics}
    offered: tuple[Offer, ...] = ()
    loss = known.get("loss")
    if loss is not None and "perplexity" not in known:
        why = why_no_perplexity(layout, attempts, loss, side_files)
        if why is None:
            known["perplexity"] = _perplexity(loss)
        else:
            offered = (Offer(_perplexity(loss), why),)
    if not any(name in known for name in _SPEEDS) and (leading := _pace_source(known)):
        speed = _speed(leading, attempts)
        known[speed.name] = speed
    for share in [*_shares_of_a_step(known, attempts)]:
        known.setdefault(share.name, share)
    return tuple(sorted(known.values(), key=prominence)), offered


def _shares_of_a_step(known: Mapping[str, Metric], attempts: Sequence[Attempt]) -> Iterator[Metric]:
    """How much of a step goes into what is logged apart (``spends`` in roles.json), if it does."""
    step = known.get("step_time")
    if step is None or step.role != "train":
        return
    for metric in known.values():
        meaning = meaning_of(metric.tag, metric.run) if metric.is_raw else None
        if meaning is None or meaning.spends is None or meaning.role != "train":
            continue
        spent = replace(metric, scale=meaning.scale)
        if _usual(attempts, spent) <= _usual(attempts, step):  # else it goes on beside the step
            yield replace(
                spent,
                name=f"{meaning.spends}_share",
                note=f"{metric.tag} / {step.tag}; not logged",
                derived="share",
                is_raw=False,
                over=step,
            )


def _usual(attempts: Sequence[Attempt], metric: Metric) -> float:
    """The median of its recent values; NaN where there is none."""
    found = [
        part.tags[metric.tag].recent.value
        for attempt in attempts
        for part in attempt.parts
        if metric.is_in(part)
    ]
    value = np.concatenate([np.empty(0), *found])
    value = value[np.isfinite(value)]
    return float(np.median(value)) * metric.scale if len(value) else nan


def _perplexity(loss: Metric) -> Metric:
    return replace(loss, name="perplexity", note="exp(loss); not logged", derived="exp")


def _pace_source(known: Mapping[str, Metric]) -> Metric | None:
    if "loss" in known:
        return known["loss"]
    return next((metric for metric in known.values() if metric.role == "train"), None)


def _speed(source: Metric, attempts: Sequence[Attempt]) -> Metric:
    """Speed by the wall times of ``source``: samples where the batch is on record, else steps."""
    batch = _batch_size(attempts[-1]) if attempts else None
    name = "samples_per_second" if batch else "steps_per_second"
    note = "not logged; from the wall times of the points"
    if batch:
        note += f" and a batch of {batch:g} samples a step on each rank"
    return replace(source, name=name, note=note, scale=batch or 1.0, derived="rate", is_raw=False)


def _batch_size(attempt: Attempt) -> float | None:
    arguments = parse_object(attempt.text(ARGUMENTS)) or {}
    try:
        size = float(arguments["per_device_train_batch_size"])
        return size * float(arguments.get("gradient_accumulation_steps", 1))
    except (KeyError, TypeError, ValueError):
        return None
