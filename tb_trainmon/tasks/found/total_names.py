"""Which names mean a total, in which unit, and where trainers write them: ``total_names.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from tb_trainmon.core.record import record

Unit = Literal["steps", "epochs", "steps_per_epoch", "steps_per_round"]

_NUMBER = r"\d{1,3}(?:,\d{3})+|\d[\d_]*(?:\.\d+)?(?:[eE]\+?\d+)?"
# Any name: to try each of the table's at each word of a text takes twice as long.
_NAMED = re.compile(
    r"(?:(?<!\w)--(?P<flag>[a-z][a-z_-]*)[\s=,'\"]+"
    r"|(?<!\w)(?P<name>[A-Za-z]\w*)[\"'`*\s]*[=:|][\"'`*\s]*)"
    rf"(?P<number>{_NUMBER})(?!\w|[.,]\d)"
)


@record(frozen=True, slots=True)
class NamedFile:
    """A file beside the event files: the keys in it that hold a total, best first.

    A key may lead into nested mappings ("SOLVER.MAX_ITER"). ``from_start``: the trainer counts
    from the step that an attempt starts at. ``step_is_epoch``: its steps are epochs.
    """

    names: tuple[str, ...]
    from_start: bool
    step_is_epoch: bool


@record(frozen=True, slots=True)
class TotalNames:
    """What the table says: names with their unit, best first; texts, tags and files.

    Those ``alone`` may count something within a step, as the iterations of a solver.
    """

    units: Mapping[str, Unit]
    alone: frozenset[str]
    texts: frozenset[str]
    shares: frozenset[str]
    files: Mapping[str, NamedFile]


@cache
def total_names() -> TotalNames:
    """The table, read once."""
    text = files("tb_trainmon.tasks").joinpath("total_names.json").read_text(encoding="utf-8")
    table = json.loads(text)
    units: dict[str, Unit] = {row["name"]: row["unit"] for row in table["names"]}
    return TotalNames(
        units=units,
        alone=frozenset(row["name"] for row in table["names"] if row.get("alone")),
        texts=frozenset(table["texts"]) | {name for name, u in units.items() if u == "steps"},
        shares=frozenset(row["tag"] for row in table["shares"]),
        files={
            row["file"]: NamedFile(
                tuple(row["names"]),
                row.get("counted") == "from_start",
                row.get("step_is") == "epoch",
            )
            for row in table["files"]
        },
    )


def named_numbers(text: str) -> Iterator[tuple[str, str]]:
    """Each name of the table that ``text`` has with a number behind it, and the number.

    Flags may have dashes, and stand in the list of words that Python keeps of a command line; a
    name may be written in capitals.
    """
    units = total_names().units
    for match in _NAMED.finditer(text):
        name = (match["flag"] or match["name"]).replace("-", "_")
        name = name.lower() if name.isupper() else name
        if name in units:
            yield name, match["number"]


def unit_of(name: str) -> Unit:
    """What the number under a key counts, nested keys by their last part."""
    return total_names().units.get(name.rpartition(".")[2].lower(), "steps")
