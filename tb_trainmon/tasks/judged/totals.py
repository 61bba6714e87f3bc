"""How many steps a task is to take: what is on record, never a guess from a schedule.

In this order: the companion table, the framework's own record, ``trainmon.toml``, what the reader
typed. Rules and their checks are those of the frameworks' sources.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import (
    ARGUMENTS,
    SIDE_FILES,
    TOTAL_NAMES,
    TRAINER_STATE,
    SideFiles,
    Total,
    parse_object,
    total_from_mapping,
    total_from_texts,
    whole_number,
)
from tb_trainmon.tasks.judged.attempts import Attempt

_HF = "the arguments that the Hugging Face Trainer logged"


def find_total(
    layout: Layout, attempts: Sequence[Attempt], side_files: SideFiles, typed: int | None
) -> Total | None:
    """The total of the task and who says so; None if nobody does."""
    if layout.table is not None and layout.table.row.total_steps:
        return Total(layout.table.row.total_steps, "the training_logs table")
    recorded = _from_framework(layout, attempts, side_files)
    if recorded is not None:
        return recorded
    if layout.rule.total_steps:
        return Total(layout.rule.total_steps, "trainmon.toml")
    return Total(typed, "typed by you") if typed else None


def _from_framework(
    layout: Layout, attempts: Sequence[Attempt], side_files: SideFiles
) -> Total | None:
    current = attempts[-1:] or []
    for attempt in current:
        found = _from_arguments(attempt) or _from_event_files(attempt)
        if found is not None:
            return found
    return _from_side_files(layout, side_files) or next(
        (total for attempt in current if (total := _from_remaining_time(attempt))), None
    )


def _from_arguments(attempt: Attempt) -> Total | None:
    """Hugging Face: max_steps if it is set, else epochs x steps an epoch at the latest point."""
    arguments = parse_object(attempt.text(ARGUMENTS))
    if arguments is None:
        return None
    steps = whole_number(arguments.get("max_steps"))
    if steps is not None:
        return Total(steps, f"max_steps in {_HF}")
    latest = _latest(attempt, "epoch")
    epochs = arguments.get("num_train_epochs")
    if latest is None or not isinstance(epochs, (int, float)) or epochs <= 0:
        return None
    step, epoch = latest
    if not epoch > 0:
        return None
    return Total(
        round(epochs * step / epoch),
        f"num_train_epochs in {_HF}, at {step / epoch:g} steps an epoch",
    )


def _latest(attempt: Attempt, metric: str) -> tuple[int, float] | None:
    """Step and value of the latest point of a canonical metric's training tag."""
    latest: tuple[float, int, float] | None = None
    for part in attempt.parts:
        for facts in part.tags.values():
            if facts.meaning.metric == metric and facts.meaning.role == "train":
                point = (
                    float(facts.recent.wall_time[-1]),
                    int(facts.recent.step[-1]),
                    float(facts.recent.value[-1]) * facts.meaning.scale,
                )
                latest = max(latest, point) if latest else point
    return latest[1:] if latest else None


def _from_event_files(attempt: Attempt) -> Total | None:
    for part in attempt.parts:
        found = total_from_mapping(
            part.source.hparams, TOTAL_NAMES, "the hyper-parameters"
        ) or total_from_texts(part.source.texts)
        if found is not None:
            return found
    return None


def _from_side_files(layout: Layout, side_files: SideFiles) -> Total | None:
    for path in layout.side_files:
        name = os.path.basename(path)
        if name == TRAINER_STATE:
            found = _from_trainer_state(path, name, side_files)
        else:
            read = side_files.last_line if name.endswith(".jsonl") else side_files.yaml
            names = SIDE_FILES.get(name)
            found = total_from_mapping(read(path), names, name) if names else None
        if found is not None:
            return found
    if not layout.checkpoints:
        return None
    latest = max(layout.checkpoints, key=lambda checkpoint: checkpoint.made_at)
    name = f"checkpoint-{latest.step}/{TRAINER_STATE}"
    return _from_trainer_state(f"{latest.path}/{TRAINER_STATE}", name, side_files)


def _from_trainer_state(path: str, name: str, side_files: SideFiles) -> Total | None:
    steps = side_files.max_steps(path)
    return None if steps is None else Total(steps, f"max_steps in {name}")


def _from_remaining_time(attempt: Attempt) -> Total | None:
    """detectron2 logs the remaining seconds and the seconds a step: step + eta / time + 1."""
    remaining = _latest(attempt, "eta_s")
    pace = _latest(attempt, "step_time")
    if remaining is None or pace is None or not pace[1] > 0 or not remaining[1] >= 0:
        return None
    total = round(remaining[0] + remaining[1] / pace[1] + 1)
    return Total(total, "the remaining time that the trainer logged")
