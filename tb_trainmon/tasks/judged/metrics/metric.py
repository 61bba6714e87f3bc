"""Which tag each metric of a task is taken from: one source a metric, never two mixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count, islice
from operator import itemgetter
from typing import Literal

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.metrics.plausible import contradicts
from tb_trainmon.tasks.judged.parts.frequency import as_often_as_any
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.judged.parts.tag_sets import SETS_KEPT, TagSet
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

MOST_OTHERS = 5_000  # scalars that are no metric: each costs every answer
_FINAL_LOSS = "train/train_loss"
_SUMMARY = 0.05  # of the points of a whole: a tag with fewer sums it up, whatever its rank
_PART_RANK = 7  # from this rank on a tag is a part of the metric


@record(frozen=True, slots=True)
class Metric:
    """A metric and its source.

    ``derived`` metrics are computed: "exp" of that tag (the loss), the "rate" at which its steps
    pass by its wall times, or the "share" that it is of the metric ``over``. ``is_raw``: it goes by
    its tag, for want of a canonical name.
    """

    name: str
    run: str
    slot: str
    tag: str
    role: Role
    note: str | None = None
    scale: float = 1.0
    derived: Literal["exp", "rate", "share"] | None = None
    is_raw: bool = False
    other_slots: tuple[str, ...] = ()
    over: Metric | None = None

    @property
    def unit(self) -> float:
        """What a value of its points as logged (or as a share of those of ``over``) times is it."""
        return self.scale / self.over.scale if self.over is not None else self.scale

    @property
    def slots(self) -> tuple[str, ...]:
        """Where it was logged: attempts of one task may have written it to different folders."""
        return (self.slot, *self.other_slots)

    def is_in(self, part: FilePart) -> bool:
        """Whether ``part`` has points of it."""
        slot = part.source.slot
        return self.tag in part.tags and (slot == self.slot or slot in self.other_slots)


@record(frozen=True, slots=True)
class _Candidate:
    """A tag of one folder, or of several to which one attempt after another wrote it."""

    key: Key
    run: str
    meaning: Meaning
    points: int
    attempts: frozenset[int] = frozenset()
    other_slots: tuple[str, ...] = ()

    def with_later(self, later: _Candidate) -> _Candidate:
        slots = (self.key[0], *self.other_slots)
        return replace(
            later,
            points=self.points + later.points,
            attempts=self.attempts | later.attempts,
            other_slots=slots,
        )


def choose_metrics(
    attempts: Sequence[Attempt],
    overrides: Mapping[str, str],
    doubts: Collection[str] = frozenset(),
) -> list[Metric]:
    """The scalars of the task, under a canonical name where one is the best source of it.

    All of those, and MOST_OTHERS others by their names.

    ``overrides`` gives the tag of a canonical name where the user said so; of the names in
    ``doubts`` only what proves it is a source.
    """
    candidates = _candidates(attempts, doubts=doubts)
    chosen = _sources(candidates, overrides)
    _adopt_a_final_loss(chosen, candidates, len(attempts))
    if "loss" not in overrides:
        _leave_out_a_part(chosen, attempts)
    named = [_metric(name, candidate) for name, candidate in chosen.items()]
    others = islice(_raw(candidates, chosen), MOST_OTHERS)
    return [*sorted(named, key=prominence), *others]


def loss_of(attempts: Sequence[Attempt], overrides: Mapping[str, str]) -> Metric | None:
    """The metric ``loss`` that ``choose_metrics`` finds, without a look at most other scalars."""
    named = overrides.get("loss")
    candidates = _candidates(attempts, lambda said: _that_may_be_a_loss(said, named))
    chosen = _sources(candidates, {} if named is None else {"loss": named})
    _adopt_a_final_loss(chosen, candidates, len(attempts))
    if named is None:
        _leave_out_a_part(chosen, attempts)
    return _metric("loss", chosen["loss"]) if "loss" in chosen else None


def first_of(
    attempts: Sequence[Attempt],
    overrides: Mapping[str, str],
    order: Callable[[Iterable[str]], Sequence[str]],
) -> Metric | None:
    """The first metric that ``order`` puts among those of the task, as ``choose_metrics`` finds it.

    ``order`` gets the names of all that there may be. Most other scalars are not looked at.
    """
    for name in order([*_logged(attempts), *overrides]):
        found = loss_of(attempts, overrides) if name == "loss" else _one(attempts, overrides, name)
        if found is not None:
            return found
    return None


def _logged(attempts: Iterable[Attempt]) -> frozenset[str]:
    """The names of all that may have been logged."""
    names = {part.said.names for attempt in attempts for part in attempt.parts}
    return frozenset().union(*names)


def _one(attempts: Sequence[Attempt], overrides: Mapping[str, str], name: str) -> Metric | None:
    wanted = overrides.get(name)
    candidates = _candidates(attempts, lambda said: _that_are_called(said, name, wanted))
    chosen = _sources(candidates, {} if wanted is None else {name: wanted})
    return _metric(name, chosen[name]) if name in chosen else None


@lru_cache(SETS_KEPT)
def _that_may_be_a_loss(said: TagSet, named: str | None) -> Sequence[str]:
    meant = said.meanings.items()
    return [tag for tag, m in meant if m.metric == "loss" or tag in (named, _FINAL_LOSS)]


@lru_cache(SETS_KEPT)
def _that_are_called(said: TagSet, name: str, wanted: str | None) -> Sequence[str]:
    return [tag for tag, m in said.meanings.items() if m.name == name or tag == wanted]


def _candidates(
    attempts: Iterable[Attempt],
    tags_of: Callable[[TagSet], Iterable[str]] = lambda said: said.tags,
    doubts: Collection[str] = frozenset(),
) -> dict[Key, _Candidate]:
    found: dict[Key, _Candidate] = {}
    for number, attempt in enumerate(attempts):
        for part in attempt.parts:
            for tag in tags_of(part.said):
                facts, key = part.tags[tag], (part.source.slot, tag)
                meaning = facts.meaning
                if contradicts(facts) or (meaning.name in doubts and not meaning.proves):
                    meaning = Meaning(meaning.role)
                known = found.get(key)
                if known is None:
                    found[key] = _Candidate(
                        key, part.source.run, meaning, facts.points, frozenset((number,))
                    )
                    continue
                found[key] = replace(
                    known,
                    run=part.source.run,
                    meaning=meaning,
                    points=known.points + facts.points,
                    attempts=known.attempts | {number},
                )
    return _joined(_event_files_first(found))


def _joined(found: Mapping[Key, _Candidate]) -> dict[Key, _Candidate]:
    """With what one attempt after another wrote to folders of their own as one candidate."""
    if len({slot for slot, _ in found}) < 2:
        return dict(found)
    by_tag: dict[str, list[_Candidate]] = {}
    for candidate in found.values():
        by_tag.setdefault(candidate.key[1], []).append(candidate)
    return {
        candidate.key: candidate
        for of_tag in by_tag.values()
        for candidate in (_end_to_end(of_tag) if len(of_tag) > 1 else of_tag)
    }


def _end_to_end(of_tag: Iterable[_Candidate]) -> list[_Candidate]:
    """Each joined to the first before it that means the same and was written by other attempts.

    A task may have thousands of runs, whose attempts are mostly the same: those that are known
    stand by what they mean and the attempts that wrote them.
    """
    joined: list[_Candidate] = []
    known: dict[tuple[Meaning, frozenset[int]], list[int]] = {}  # heaps of places in ``joined``
    for candidate in sorted(of_tag, key=lambda c: max(c.attempts)):
        if candidate.key[0] == TABLE:
            joined.append(candidate)
            continue
        before = [
            (places[0], group)
            for group, places in known.items()
            if group[0] == candidate.meaning and not group[1] & candidate.attempts
        ]
        if before:
            at, group = min(before, key=itemgetter(0))
            heappop(known[group])
            if not known[group]:
                del known[group]
            joined[at] = joined[at].with_later(candidate)
        else:
            at = len(joined)
            joined.append(candidate)
        heappush(known.setdefault((candidate.meaning, joined[at].attempts), []), at)
    return joined


def _event_files_first(found: Mapping[Key, _Candidate]) -> dict[Key, _Candidate]:
    """Without what the table repeats of the event files: one source a metric, never two mixed."""
    filed = [candidate for key, candidate in found.items() if key[0] != TABLE]
    if len(filed) == len(found):
        return dict(found)
    names = {candidate.meaning.name for candidate in filed}
    tags = {candidate.key[1] for candidate in filed}
    # A writer calls a metric "x" or "eval_x" in the table, and "train/x" or "eval/x" in its file.
    tags |= {tag.rpartition("/")[2] for tag in tags} | {tag.replace("/", "_", 1) for tag in tags}

    def repeats(candidate: _Candidate) -> bool:
        name = candidate.meaning.name
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
        if candidate.meaning.name is not None:
            known.setdefault(candidate.meaning.name, []).append(candidate)
    chosen = {name: _best(found) for name, found in known.items()}
    _prefer_the_same_unit(chosen, known)
    _prefer_what_was_rewarded(chosen, known)
    for name, tag in overrides.items():
        wanted = [candidate for key, candidate in candidates.items() if key[1] == tag]
        if wanted:
            chosen[name] = _best(wanted)
    return chosen


def _best(candidates: Sequence[_Candidate]) -> _Candidate:
    """The best ranked; of equals the first by name, unless it is logged much less often.

    Much less: of two tags that are logged together one is ahead whenever a file is read between
    them, and that must not change the source. What is logged hardly ever beside one that is no
    part of it is a summary, and the source of last resort.
    """
    if len(candidates) == 1:
        return candidates[0]
    most = max([c.points for c in candidates if c.meaning.rank < _PART_RANK], default=0)
    busy = [c for c in candidates if c.points >= _SUMMARY * most]
    candidates = busy or candidates
    rank = min(candidate.meaning.rank for candidate in candidates)
    equals = [candidate for candidate in candidates if candidate.meaning.rank == rank]
    often = as_often_as_any(candidate.points for candidate in equals)
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


def _prefer_what_was_rewarded(
    chosen: dict[str, _Candidate], known: Mapping[str, Sequence[_Candidate]]
) -> None:
    """Of a language model's answers the return is what its critic learns, in control the score."""
    if "response_length" in chosen:
        rewards = [c for c in known.get("reward", ()) if "return" not in c.key[1].lower()]
        if rewards:
            chosen["reward"] = _best(rewards)


def _is_by_epoch(candidate: _Candidate) -> bool:
    return candidate.key[1].startswith("epoch_")


def _adopt_a_final_loss(
    chosen: dict[str, _Candidate], candidates: Mapping[Key, _Candidate], attempts: int
) -> None:
    """``train/train_loss`` is a summary that the Hugging Face Trainer writes once an attempt.

    Logged more often than that, and in want of another, it is somebody's training loss.
    """
    for (_, tag), candidate in candidates.items():
        if tag == _FINAL_LOSS and "loss" not in chosen and candidate.points > attempts:
            chosen["loss"] = candidate


def _leave_out_a_part(chosen: dict[str, _Candidate], attempts: Iterable[Attempt]) -> None:
    """Beside the losses of a policy and of a value function a part of one is no whole."""
    is_a_part = "loss" in chosen and chosen["loss"].meaning.rank >= _PART_RANK
    if is_a_part and {"policy_loss", "value_loss"} & _logged(attempts):
        del chosen["loss"]


def _metric(name: str, candidate: _Candidate) -> Metric:
    slot, tag = candidate.key
    meaning = candidate.meaning
    role: Role = "train" if meaning.role == "final" else meaning.role
    note = "from the training_logs table" if slot == TABLE else meaning.note or None
    return Metric(
        name,
        candidate.run,
        slot,
        tag,
        role,
        note,
        meaning.scale,
        other_slots=candidate.other_slots,
    )


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
        yield Metric(
            name,
            candidate.run,
            slot,
            tag,
            candidate.meaning.role,
            is_raw=True,
            other_slots=candidate.other_slots,
        )


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
