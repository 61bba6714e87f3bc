"""What a tag means: its canonical metric and whether it belongs to training or to evaluation.

The words of a tag decide (``words``), by one table of roles (``roles.json``, ``table``), read in
one place (``reading``); a lower rank is a better source. What no role fits stays a scalar that goes
by its tag. What the words promise is checked by the values where a metric is chosen
(``judged/metrics/candidates``).
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache, lru_cache
from typing import Literal

from tb_trainmon.core.record import record
from tb_trainmon.tasks.metric_names.reading import Found, Subject, in_evaluation, role_in_training
from tb_trainmon.tasks.metric_names.table import Check, table

Role = Literal["train", "eval", "test", "final", "bookkeeping"]
Side = Literal["eval", "train", ""]

_FOLDERS_KEPT = 1 << 16
_TAGS_KEPT = 1 << 17

# Written by evaluations too, so they say nothing about whether a file holds training.
_COUNTERS = frozenset({"epoch", "tokens_seen", "samples_seen", "eta_s"})


@record(frozen=True, slots=True)
class Meaning:
    """What one tag of one run means.

    ``role`` is "final" for end-of-run summaries, which are facts and no curves, and "bookkeeping"
    for what is no measurement (hyper-parameter echoes, copies against another axis). ``metric`` is
    None where no rule knows the tag, and "quality" or "eval_quality" for a measure that goes by its
    own ``name``. Values times ``scale`` have the metric's unit; ``values`` is what they must be.
    ``proves``: that there is such a metric says something of what is trained. ``spends``: it is the
    time that a step takes for this ("generation"). ``part_of``: it is no metric, but a part of one.

    ``name`` is that of its series: the metric, or the measure's own; of an evaluation "eval_...".
    ``shows_training``: a file with this tag trained; counters stand in evaluation files too.
    """

    role: Role
    metric: str | None = None
    rank: int = 0
    note: str = ""
    scale: float = 1.0
    measure: str | None = None
    values: Check | None = None
    proves: bool = True
    spends: str | None = None
    part_of: str | None = None

    # Asked for many times of each of thousands of tasks, which share their meanings.
    name: str | None = field(init=False, compare=False)
    shows_training: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Work out what follows."""
        trains = self.role == "train" and self.metric not in _COUNTERS
        object.__setattr__(self, "name", self._name)
        object.__setattr__(self, "shows_training", trains)

    @property
    def _name(self) -> str | None:
        own = self.measure or self.metric
        if own is None or self.role not in ("eval", "test") or own.startswith("eval_"):
            return own
        return f"eval_{own}"


def meaning_of(tag: str, run: str) -> Meaning:
    """What ``tag`` means in ``run`` (a path; its last part may say "validation")."""
    return meaning_on(tag, side_of(run))


@lru_cache(_FOLDERS_KEPT)
def side_of(run: str) -> Side:
    """What the last part of the path ``run`` says: "eval", "train", or nothing ("")."""
    folder = run.rpartition("/")[2]
    if is_evaluation_folder(folder) or table().compared.search(folder.lower()):
        return "eval"  # add_scalars("Loss", {"train": ..., "val": ...}) makes Loss_val
    return "train" if folder.lower() in table().training else ""


@lru_cache(_FOLDERS_KEPT)
def is_evaluation_folder(name: str) -> bool:
    """Whether a folder of this name holds evaluations ("validation", "eval", "test", ...)."""
    return table().folders.search(name.lower()) is not None


@cache
def canonical_names() -> frozenset[str]:
    """Every name that a role or a measure gives."""
    measures = {m.name for m in table().measures if not m.benchmark}
    evaluated = {rule.metric for rule in table().roles if rule.evaluation and rule.metric}
    trained = {rule.metric for rule in table().roles if rule.metric}
    return frozenset({*trained, *measures, *(f"eval_{name}" for name in evaluated | measures)})


@cache
def measure_names() -> frozenset[str]:
    """The measures of quality that go by their own names."""
    return frozenset(measure.name for measure in table().measures)


@cache
def measures_like(name: str) -> tuple[str, ...]:
    """``name``, and the measures that are read like the measure ``name``."""
    bare = name.removeprefix("eval_")
    prefix = name[: len(name) - len(bare)]
    return (name, *(f"{prefix}{m.name}" for m in table().measures if m.like == bare))


@cache
def higher_is_better(name: str) -> bool | None:
    """Whether more of the metric ``name`` is better; None where that cannot be said."""
    bare = name.removeprefix("eval_")
    better = table().better.get(bare)
    return None if better is None else better == "higher"


@cache
def label_of(name: str) -> str:
    """How the metric ``name`` is called among people; a speed with its unit."""
    bare = name.removeprefix("eval_")
    label = table().labels.get(bare, bare.replace("_", " "))
    return f"eval {label}" if bare != name else label


@lru_cache(_TAGS_KEPT)
def hints_of(tag: str) -> frozenset[str]:
    """What the words of ``tag`` hint at, as "hint:box", whether it is a metric or not."""
    known = table()
    said = (word for part in known.dictionary.read(tag) for word in part)
    return frozenset(hint for word in said for hint in known.hints.get(word, ()))


@lru_cache(_TAGS_KEPT)
def may_lead(tag: str) -> bool:
    """Whether a tag that has no role may be what a training is for: no time, memory, counter."""
    return not table().no_leads & {word for part in table().dictionary.read(tag) for word in part}


@lru_cache(_TAGS_KEPT)
def depth(tag: str) -> tuple[int, int]:
    """How much of a part a tag is: its words that say of what, and the folders that it lies in."""
    known = table()
    read = known.dictionary.read(tag)
    said = {word for part in read for word in part}
    return len(said - known.neutral - known.evaluation - known.training), len(read)


@lru_cache(_TAGS_KEPT)
def normalized(tag: str) -> str:
    """The tag in lower case, with underscores for blanks and hyphens."""
    return re.sub(r"[\s-]+", "_", re.sub(r"^ray/tune/", "", tag)).lower()


@lru_cache(_TAGS_KEPT)
def meaning_on(tag: str, side: Side) -> Meaning:
    """What ``tag`` means in a folder of that side."""
    known, plain = table(), normalized(tag)
    if known.bookkeeping.search(plain):
        return Meaning("bookkeeping")
    if known.final.search(plain):
        return Meaning("final")
    read = Subject(tuple(known.dictionary.read(tag)), known)
    if read.is_a_copy:
        return Meaning("bookkeeping")
    found = role_in_training(read)
    evaluates = read.evaluates or side == "eval"
    if found is not None and found.measure is not None and found.measure.whole:
        evaluates |= not (side == "train" or read.said & known.training)
    if not evaluates:
        return _told("train", found)
    role: Role = "test" if read.said & known.test else "eval"
    return _told(role, None if found is None else in_evaluation(found, read))


def _told(role: Role, found: Found | None) -> Meaning:
    if found is None:
        return Meaning(role)
    if found.metric is None:
        rule = found.rule
        part_of = rule.metric if rule is not None and rule.proves else None
        spends = None if rule is None else rule.spends
        return Meaning(role, scale=found.scale, spends=spends, part_of=part_of)
    return Meaning(
        role,
        found.metric,
        found.rank,
        found.note,
        found.scale,
        found.measure.name if found.measure else None,
        found.rule.values if found.rule else None,
        found.rule.proves if found.rule else True,
    )
