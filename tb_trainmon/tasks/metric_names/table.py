"""The table of roles, ``roles.json``, as it is used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from tb_trainmon.core.record import record
from tb_trainmon.tasks.metric_names.words import Dictionary

Check = Literal["rate", "positive", "share", "share_or_percent", "of_a_step"]


@record(frozen=True, slots=True)
class RoleRule:
    """How the words of a tag show one role: ``keys_of_roles`` in the table explains."""

    metric: str | None
    phrases: tuple[frozenset[str], ...]
    vetoes: frozenset[str]
    context_vetoes: frozenset[str]
    allowed_in_folder: frozenset[str]
    known: frozenset[str]
    exactly: frozenset[str] | None
    ranks: Mapping[str, int]
    ranks_of_parts: Mapping[str, int]
    names_behind: frozenset[str]
    base: int
    qualifies: frozenset[str]
    subject_only: bool
    leaf_only: bool
    part: bool
    part_rank: int | None
    note: str
    unknown_rank: int
    unknown_note: str
    numbered_rank: int
    context: bool
    yields: bool
    proves: bool
    only_training: bool
    only_evaluation: bool
    rate: bool
    milli: bool
    values: Check | None
    spends: str | None
    evaluation: str | None
    unless: Mapping[str, tuple[frozenset[str], ...]]


@record(frozen=True, slots=True)
class Measure:
    """A measure of quality that goes by its own name: see ``keys_of_measures``."""

    name: str
    label: str
    phrases: tuple[frozenset[str], ...]
    whole: bool
    benchmark: bool
    better: Literal["higher", "lower"] | None
    like: str | None = None
    vetoes: frozenset[str] = frozenset()
    alone: bool = False


@record(frozen=True, slots=True)
class Table:
    """Everything that is known of tags; its fields are the table's, as they are looked up."""

    dictionary: Dictionary
    folders: re.Pattern[str]
    compared: re.Pattern[str]
    timings: frozenset[str]
    settings: frozenset[str]
    never_timed: frozenset[str]
    no_leads: frozenset[str]
    bookkeeping: re.Pattern[str]
    final: re.Pattern[str]
    evaluation: frozenset[str]
    held_out: frozenset[str]
    test: frozenset[str]
    training: frozenset[str]
    neutral: frozenset[str]
    several: Mapping[str, int]
    devices: frozenset[str]
    copies: frozenset[str]
    silent: frozenset[str]
    silent_if_numbered: frozenset[str]
    roles: tuple[RoleRule, ...]
    loss_folder_vetoes: frozenset[str]
    vetoes: frozenset[str]
    measures: tuple[Measure, ...]
    benchmarks: frozenset[str]
    hints: Mapping[str, tuple[str, ...]]
    roles_with: Mapping[str, tuple[int, ...]]
    measures_with: Mapping[str, tuple[int, ...]]
    better: Mapping[str, Literal["higher", "lower"]]
    labels: Mapping[str, str]


@cache
def table() -> Table:
    """The table, read once."""
    text = files("tb_trainmon.tasks.metric_names").joinpath("roles.json").read_text("utf-8")
    read = json.loads(text)
    measures = tuple(_measure(row) for row in read["measures"])
    rows = list(_whole(read["roles"]))
    roles = tuple(_role(row, read) for row in rows)
    silent = {*read["neutral"], *read["evaluation"], *read["wholes"]}
    return Table(
        dictionary=Dictionary(
            frozenset(_all_words(read)),
            {spelling: tuple(words.split()) for spelling, words in read["spellings"].items()},
        ),
        folders=re.compile(read["folders"]),
        compared=re.compile(read["compared"]),
        timings=frozenset(read["timings"]),
        settings=frozenset(read["settings"]),
        never_timed=frozenset(read["never_timed"]),
        no_leads=frozenset(read["no_leads"]),
        bookkeeping=re.compile(read["bookkeeping"]),
        final=re.compile(read["final"]),
        evaluation=frozenset(read["evaluation"]),
        held_out=frozenset(read["held_out"]),
        test=frozenset(read["test"]),
        training=frozenset(read["training"]),
        neutral=frozenset(read["neutral"]),
        several=read["one_of_several"],
        devices=frozenset(read["devices"]),
        copies=frozenset(read["copies"]),
        silent=frozenset(silent),
        silent_if_numbered=frozenset({*silent, *read["devices"], *read["copies"]}),
        roles=roles,
        roles_with=_by_word([rule.phrases for rule in roles]),
        measures_with=_by_word([measure.phrases for measure in measures]),
        loss_folder_vetoes=frozenset(read["context_loss"]),
        vetoes=frozenset(read["vetoes"]),
        measures=measures,
        benchmarks=frozenset(
            word for m in measures if m.benchmark for phrase in m.phrases for word in phrase
        )
        | {*read["evaluated"]},
        better={row["metric"]: row["better"] for row in rows if row.get("better")}
        | {measure.name: measure.better for measure in measures if measure.better},
        hints=_hints(read["hints"]),
        labels={row["metric"]: row["label"] for row in rows if row.get("label")}
        | {measure.name: measure.label for measure in measures},
    )


def _whole(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The rows, with what one that ``extends`` leaves out taken from the first of its metric."""
    first: dict[str | None, Mapping[str, Any]] = {}
    for row in rows:
        known = first.setdefault(row["metric"], row)
        yield {**known, **row} if row.get("extends") else row


def _by_word(phrases: Sequence[Iterable[frozenset[str]]]) -> Mapping[str, tuple[int, ...]]:
    """By word, the places of what has it in a phrase: most words of most tags are in none."""
    found: dict[str, list[int]] = {}
    for place, of_one in enumerate(phrases):
        for word in {word for phrase in of_one for word in phrase}:
            found.setdefault(word, []).append(place)
    return {word: tuple(places) for word, places in found.items()}


def _hints(rows: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    """By word, what it hints at, as "hint:box"."""
    found: dict[str, tuple[str, ...]] = {}
    for hint, words in rows.items():
        for word in words:
            found[word] = (*found.get(word, ()), f"hint:{hint}")
    return found


def _phrases(rows: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(row.split()) for row in rows)


def _role(row: Mapping[str, Any], read: Mapping[str, Any]) -> RoleRule:
    vetoes = {*read["vetoes"]} - {*row.get("allow", ())} | {*row.get("not", ())}
    return RoleRule(
        metric=row["metric"],
        phrases=_phrases(row["phrases"]),
        vetoes=frozenset(vetoes),
        context_vetoes=frozenset(row.get("not_context", ())),
        allowed_in_folder=frozenset(row.get("allow_in_folder", ())),
        known=frozenset(row.get("known", ())),
        exactly=frozenset(row["exactly"]) if "exactly" in row else None,
        ranks=read["one_of_several"] | row.get("ranks", {}),
        ranks_of_parts=row.get("ranks_of_parts", {}),
        names_behind=frozenset(row.get("names_behind", ())),
        base=row.get("base", 0),
        qualifies=frozenset(row.get("qualifies", ())),
        subject_only=row.get("subject_only", False),
        leaf_only=row.get("leaf_only", False),
        part=row.get("part", False),
        part_rank=row.get("part_rank"),
        note=row.get("note", ""),
        unknown_rank=row.get("unknown_rank", 0),
        unknown_note=row.get("unknown_note", ""),
        numbered_rank=row.get("numbered_rank", 0),
        context=row.get("context", False),
        yields=row.get("yields", False),
        proves=row.get("proves", True),
        only_training=row.get("only_training", False),
        only_evaluation=row.get("only_evaluation", False),
        rate=row.get("rate", False),
        milli=row.get("milli", False),
        values=row.get("values"),
        spends=row.get("spends"),
        evaluation=row.get("eval"),
        unless={word: _phrases(rows) for word, rows in row.get("unless", {}).items()},
    )


def _measure(row: Mapping[str, Any]) -> Measure:
    return Measure(
        name=_canonical(row["name"]),
        label=row.get("label", row["name"]),
        phrases=_phrases(row["words"]),
        whole=row.get("whole", False),
        benchmark=row.get("benchmark", False),
        better=row.get("better"),
        like=_canonical(row["like"]) if "like" in row else None,
        vetoes=frozenset(row.get("not", ())),
        alone=row.get("alone", False),
    )


def _canonical(label: str) -> str:
    return re.sub(r"\W+", "_", label).lower()


def _all_words(read: Mapping[str, Any]) -> Iterable[str]:
    for key in (
        "plain",
        "evaluated",
        "evaluation",
        "training",
        "neutral",
        "vetoes",
        "devices",
        "copies",
        "wholes",
        "held_out",
    ):
        yield from read[key]
    for words in read["hints"].values():
        yield from words
    for words in read["spellings"].values():
        yield from words.split()
    for row in read["roles"]:
        for key in ("phrases", "known", "not", "exactly"):
            for words in row.get(key, ()):
                yield from words.split()
    for row in read["measures"]:
        for words in row["words"]:
            yield from words.split()
