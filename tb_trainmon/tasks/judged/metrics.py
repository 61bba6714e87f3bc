"""Which tag each metric of a task is taken from: one source a metric, never two mixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.judged.attempts import Attempt
from tb_trainmon.tasks.metric_names import Meaning, Role, canonical_names

Key = tuple[str, str]  # slot of the run, tag

# Canonical metrics by which a reader judges a training; shown first, in this order.
HEADLINES = (
    "loss",
    "perplexity",
    "eval_loss",
    "grad_norm",
    "learning_rate",
    "samples_per_second",
    "tokens_per_second",
    "steps_per_second",
    "epoch",
)

_AS_OFTEN = 0.4  # a tag with this share of another's points, or more, is logged as often


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric and its source.

    ``derived`` metrics are computed: "exp" of that tag (the loss), or the "rate" at which its steps
    pass by its wall times. ``is_raw``: it goes by its tag, for want of a canonical name.
    """

    name: str
    run: str
    slot: str
    tag: str
    role: Role
    note: str | None = None
    scale: float = 1.0
    derived: Literal["exp", "rate"] | None = None
    is_raw: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    key: Key
    run: str
    meaning: Meaning
    points: int


def choose_metrics(attempts: Sequence[Attempt], overrides: Mapping[str, str]) -> list[Metric]:
    """Every scalar of the task, under its canonical name where it is the best source of one.

    ``overrides`` gives the tag of a canonical name where the user said so.
    """
    candidates = _candidates(attempts)
    chosen = _sources(candidates, overrides)
    _adopt_a_final_loss(chosen, candidates, len(attempts))
    named = [_metric(name, candidate) for name, candidate in chosen.items()]
    return [*sorted(named, key=prominence), *_raw(candidates, chosen)]


def _candidates(attempts: Iterable[Attempt]) -> dict[Key, _Candidate]:
    found: dict[Key, _Candidate] = {}
    for attempt in attempts:
        for part in attempt.parts:
            for tag, facts in part.tags.items():
                key = (part.source.slot, tag)
                points = facts.points + (found[key].points if key in found else 0)
                found[key] = _Candidate(key, part.source.run, facts.meaning, points)
    return _event_files_first(found)


def _event_files_first(found: Mapping[Key, _Candidate]) -> dict[Key, _Candidate]:
    """Without what the table repeats of the event files: one source a metric, never two mixed."""
    filed = [candidate for key, candidate in found.items() if key[0] != TABLE]
    names = {candidate.meaning.metric for candidate in filed}
    tags = {candidate.key[1] for candidate in filed}
    # A writer calls a metric "x" or "eval_x" in the table, and "train/x" or "eval/x" in its file.
    tags |= {tag.rpartition("/")[2] for tag in tags} | {tag.replace("/", "_", 1) for tag in tags}

    def repeats(candidate: _Candidate) -> bool:
        name = candidate.meaning.metric
        return candidate.key[1] in tags if name is None else name in names

    return {
        key: candidate
        for key, candidate in found.items()
        if key[0] != TABLE or not repeats(candidate)
    }


def _sources(
    candidates: Mapping[Key, _Candidate], overrides: Mapping[str, str]
) -> dict[str, _Candidate]:
    known: dict[str, list[_Candidate]] = {}
    for candidate in candidates.values():
        if candidate.meaning.metric is not None:
            known.setdefault(candidate.meaning.metric, []).append(candidate)
    chosen = {name: _best(found) for name, found in known.items()}
    _prefer_the_same_unit(chosen, known)
    for name, tag in overrides.items():
        wanted = [candidate for key, candidate in candidates.items() if key[1] == tag]
        if wanted:
            chosen[name] = _best(wanted)
    return chosen


def _best(candidates: Sequence[_Candidate]) -> _Candidate:
    """The best ranked; of equals the first by name, unless it is logged much less often.

    Much less: of two tags that are logged together one is ahead whenever a file is read between
    them, and that must not change the source.
    """
    rank = min(candidate.meaning.rank for candidate in candidates)
    equals = [candidate for candidate in candidates if candidate.meaning.rank == rank]
    often = _AS_OFTEN * max(candidate.points for candidate in equals)
    return min((c for c in equals if c.points >= often), key=lambda c: c.key)


def _prefer_the_same_unit(
    chosen: dict[str, _Candidate], known: Mapping[str, Sequence[_Candidate]]
) -> None:
    """Where training is logged by epoch, so is its evaluation (Keras logs that by both)."""
    for name in ("loss", "accuracy"):
        by_epoch = name in chosen and _is_by_epoch(chosen[name])
        alike = [c for c in known.get(f"eval_{name}", ()) if _is_by_epoch(c) == by_epoch]
        if name in chosen and alike:
            chosen[f"eval_{name}"] = _best(alike)


def _is_by_epoch(candidate: _Candidate) -> bool:
    return candidate.key[1].startswith("epoch_")


def _adopt_a_final_loss(
    chosen: dict[str, _Candidate], candidates: Mapping[Key, _Candidate], attempts: int
) -> None:
    """``train/train_loss`` is a summary that the Hugging Face Trainer writes once an attempt.

    Logged more often than that, and in want of another, it is somebody's training loss.
    """
    for (_, tag), candidate in candidates.items():
        if tag == "train/train_loss" and "loss" not in chosen and candidate.points > attempts:
            chosen["loss"] = candidate


def _metric(name: str, candidate: _Candidate) -> Metric:
    slot, tag = candidate.key
    meaning = candidate.meaning
    role: Role = "train" if meaning.role == "final" else meaning.role
    note = "from the training_logs table" if slot == TABLE else meaning.note or None
    return Metric(name, candidate.run, slot, tag, role, note, meaning.scale)


def _raw(
    candidates: Mapping[Key, _Candidate], chosen: Mapping[str, _Candidate]
) -> Iterator[Metric]:
    """The scalars that are no metric's source, each under a name of its own."""
    sources = {candidate.key for candidate in chosen.values()}
    runs_with = Counter(tag for _, tag in candidates)
    used = set(chosen)
    others = [candidate for key, candidate in candidates.items() if key not in sources]
    for candidate in sorted(others, key=lambda c: (c.key[1], c.key[0])):
        slot, tag = candidate.key
        # A tag that is called like a canonical metric, but is none, must not be taken for it.
        plain = runs_with[tag] == 1 and tag not in canonical_names()
        name = next(name for name in _names(candidate, plain) if name not in used)
        used.add(name)
        yield Metric(name, candidate.run, slot, tag, candidate.meaning.role, is_raw=True)


def _names(candidate: _Candidate, plain: bool) -> Iterator[str]:
    """What a scalar without a canonical name may be called, best first: its tag, else RUN:TAG."""
    slot, tag = candidate.key
    run = candidate.run or "."
    if plain:
        yield tag
    yield f"{slot or run}:{tag}"
    yield f"{run}:{tag}"
    yield from (f"{run}:{tag} ({number})" for number in count(2))


def prominence(metric: Metric) -> tuple[int, str]:
    """Sort key: headlines, then other canonical names, then tags."""
    known = metric.name in HEADLINES
    place = HEADLINES.index(metric.name) if known else len(HEADLINES) + metric.is_raw
    return place, metric.name
