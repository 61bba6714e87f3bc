"""What records claim of how far a training goes: amounts with their unit and who says so.

Nothing here is weighed: whether a claim holds for the steps that were logged is asked in
``judged/progress/totals.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.records import MODEL, whole_number
from tb_trainmon.tasks.found.total_names import NamedFile, Unit, named_numbers, total_names, unit_of

# Before a name in hyper-parameters that were nested: "trainer/max_epochs", "train.epochs".
_OF_A_TRAINER = re.compile(r"^(?:.*[/.])?(?:trainer|train|training)[/.](?=[^/.]+$)")


@record(frozen=True, slots=True)
class Claim:
    """An amount of steps or epochs that a record tells, and who says so (a phrase).

    ``steps_per_epoch`` is what the same record says of an epoch. ``from_start``: counted from the
    step that the attempt starts at. ``step_is_epoch``: the trainer's steps are epochs.
    ``is_older``: the record was written before the attempt began. ``is_default``: the same record
    tells a number of steps, so that nobody may have set that of epochs.
    """

    amount: int
    unit: Unit
    source: str
    steps_per_epoch: int | None = None
    from_start: bool = False
    step_is_epoch: bool = False
    is_older: bool = False
    is_default: bool = False


def claims_of_mapping(
    values: Mapping[str, Any] | None, names: Iterable[str] | None, where: str
) -> Iterator[Claim]:
    """What ``values`` claim under ``names`` (of the table, if None), best first."""
    if not values:
        return
    if names is None:
        values = {_own_name(key): value for key, value in values.items()}
    found = {
        name: number
        for name in names or total_names().units
        if name in values or "." in name
        if (number := whole_number(_under(values, name))) is not None
    }
    yield from _claims(found, where)


def claims_of_file(values: Mapping[str, Any] | None, name: str, file: NamedFile) -> Iterator[Claim]:
    """What the content of a file beside the event files claims."""
    for claim in claims_of_mapping(values, file.names, name):
        yield replace(claim, from_start=file.from_start, step_is_epoch=file.step_is_epoch)


def claims_of_texts(texts: Mapping[str, str], passed_over: Iterable[str] = ()) -> Iterator[Claim]:
    """What texts claim: one text per key (maxtext), tables, ``Namespace(...)``, command lines."""
    for tag, text in texts.items():
        name = tag.removesuffix("/text_summary").rpartition("/")[2]
        steps = whole_number(text.strip()) if name in total_names().texts else None
        if steps is not None:
            yield Claim(steps, "steps", f"the text '{tag}'")
        elif tag != MODEL and tag not in passed_over:
            yield from _claims(_numbers_in(text), f"the text '{tag}'")


def _claims(found: Mapping[str, int], where: str) -> Iterator[Claim]:
    """Of numbers by name, the best name first; steps an epoch are no claim of their own.

    An epoch of whole rounds (of collecting experience) takes the last of them to its end.
    """
    by_unit: dict[Unit, list[str]] = {}
    for name in found:
        by_unit.setdefault(unit_of(name), []).append(name)
    rounds = [found[name] for name in by_unit.get("steps_per_round", [])]
    each = rounds[0] if rounds else 1
    per_epoch = [-(-found[name] // each) * each for name in by_unit.get("steps_per_epoch", [])]
    steps, epochs = by_unit.get("steps", []), by_unit.get("epochs", [])
    sure = [name for name in steps if name not in total_names().alone]
    if sure or epochs:
        steps = sure
    for name in steps:
        yield Claim(found[name], "steps", f"{name} in {where}")
    for name in epochs:
        yield Claim(
            found[name],
            "epochs",
            f"{name} in {where}",
            steps_per_epoch=per_epoch[0] if per_epoch else None,
            is_default=bool(steps),
        )


def _numbers_in(text: str) -> dict[str, int]:
    """The first whole number behind each name that the text has, best name first."""
    found: dict[str, int] = {}
    for name, written in named_numbers(text):
        number = whole_number(written)
        if number is not None:
            found.setdefault(name, number)
    return {name: found[name] for name in total_names().units if name in found}


def _own_name(key: str) -> str:
    """The name in a key that was nested, or that is written in capitals."""
    name = _OF_A_TRAINER.sub("", key)
    return name.lower() if name.isupper() else name


def _under(values: Mapping[str, Any], name: str) -> object:
    """What stands under a key, or under "a.b" in the mapping that stands under "a"."""
    at: object = values
    for key in name.split("."):
        at = at.get(key) if isinstance(at, Mapping) else None
    return at
