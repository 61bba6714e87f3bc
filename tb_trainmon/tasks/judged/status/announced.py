"""Evaluations and checkpoints that the trainer's arguments announce, until the first was seen.

Nothing in the log tells how long the first one takes. Who evaluates for longer than it trained
before is rare, and the first evaluation of a day's training may well take twenty minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tb_trainmon.tasks.found.records import ARGUMENTS, parse_object, whole_number
from tb_trainmon.tasks.judged.parts.part import FilePart, latest_text
from tb_trainmon.tasks.judged.progress.leading import Leading

LONGEST = 3600.0  # seconds that one may take of which nothing is known
_WHAT = {
    "an evaluation": ("eval_steps", "eval_strategy"),
    "a save": ("save_steps", "save_strategy"),
}
_OLDER = {"eval_strategy": "evaluation_strategy"}  # transformers before 4.41


def first_due(leading: Leading, parts: Sequence[FilePart]) -> str | None:
    """What is announced for the first time between the last step and the next; None if nothing.

    As a phrase: "its arguments ask for an evaluation at step 500".
    """
    arguments = parse_object(latest_text(parts, ARGUMENTS))
    if arguments is None or leading.last is None:
        return None
    behind = leading.last + max(leading.interval or 1, 1)
    for what, step in _first_of_each(arguments, leading.base):
        if leading.last <= step < behind:
            return f"its arguments ask for {what} at step {step:,}"
    return None


def _first_of_each(arguments: Mapping[str, Any], base: int) -> Iterator[tuple[str, int]]:
    """At which step behind ``base`` each comes first, where steps tell it."""
    for what, (name, strategy) in _WHAT.items():
        by = arguments.get(strategy, arguments.get(_OLDER.get(strategy, "")))
        steps = arguments.get(name)
        every = whole_number(arguments.get("logging_steps") if steps is None else steps)
        if by == "steps" and every:
            yield what, (base // every + 1) * every
