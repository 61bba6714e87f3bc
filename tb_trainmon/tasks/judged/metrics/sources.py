"""Which tag each metric of a task is taken from: one source a metric, never two mixed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.metrics.candidates import Candidate, Key, candidates_of
from tb_trainmon.tasks.judged.metrics.metric import Metric, prominence
from tb_trainmon.tasks.judged.metrics.naming import metric_of, others_of
from tb_trainmon.tasks.judged.parts.frequency import as_often_as_any
from tb_trainmon.tasks.judged.parts.tag_sets import SETS_KEPT, TagSet
from tb_trainmon.tasks.metric_names import depth

MOST_OTHERS = 5_000  # scalars that are no metric: each costs every answer
_FINAL_LOSS = "train/train_loss"
_SUMMARY = 0.05  # of the points of a whole: a tag with fewer sums it up, whatever its rank
_PART_RANK = 7  # from this rank on a tag is a part of the metric


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
    candidates = candidates_of(attempts, doubts=doubts)
    chosen = _sources(candidates, overrides)
    _adopt_a_final_loss(chosen, candidates, len(attempts))
    if "loss" not in overrides:
        _leave_out_a_part(chosen, attempts)
    named = [metric_of(name, candidate) for name, candidate in chosen.items()]
    others = islice(others_of(candidates, chosen), MOST_OTHERS)
    return [*sorted(named, key=prominence), *others]


def loss_of(attempts: Sequence[Attempt], overrides: Mapping[str, str]) -> Metric | None:
    """The metric ``loss`` that ``choose_metrics`` finds, without a look at most other scalars."""
    named = overrides.get("loss")
    candidates = candidates_of(attempts, lambda said: _that_may_be_a_loss(said, named))
    chosen = _sources(candidates, {} if named is None else {"loss": named})
    _adopt_a_final_loss(chosen, candidates, len(attempts))
    if named is None:
        _leave_out_a_part(chosen, attempts)
    return metric_of("loss", chosen["loss"]) if "loss" in chosen else None


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
    candidates = candidates_of(attempts, lambda said: _that_are_called(said, name, wanted))
    chosen = _sources(candidates, {} if wanted is None else {name: wanted})
    return metric_of(name, chosen[name]) if name in chosen else None


@lru_cache(SETS_KEPT)
def _that_may_be_a_loss(said: TagSet, named: str | None) -> Sequence[str]:
    meant = said.meanings.items()
    return [tag for tag, m in meant if m.metric == "loss" or tag in (named, _FINAL_LOSS)]


@lru_cache(SETS_KEPT)
def _that_are_called(said: TagSet, name: str, wanted: str | None) -> Sequence[str]:
    return [tag for tag, m in said.meanings.items() if m.name == name or tag == wanted]


def _sources(
    candidates: Mapping[Key, Candidate], overrides: Mapping[str, str]
) -> dict[str, Candidate]:
    known: dict[str, list[Candidate]] = {}
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


def _best(candidates: Sequence[Candidate]) -> Candidate:
    """The best ranked; of equals the plainest, unless it is logged much less often.

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
    return min((c for c in equals if c.points >= often), key=_plainness)


def _plainness(candidate: Candidate) -> tuple[str, tuple[int, int], str]:
    """``reward`` is plainer than ``reward per completion``; then by name."""
    slot, tag = candidate.key
    return slot, depth(tag), tag


def _prefer_the_same_unit(
    chosen: dict[str, Candidate], known: Mapping[str, Sequence[Candidate]]
) -> None:
    """Where training is logged by epoch, so is its evaluation (Keras logs that by both)."""
    for name in ("loss", "accuracy"):
        by_epoch = name in chosen and _is_by_epoch(chosen[name])
        alike = [c for c in known.get(f"eval_{name}", ()) if _is_by_epoch(c) == by_epoch]
        if name in chosen and alike:
            chosen[f"eval_{name}"] = _best(alike)


def _prefer_what_was_rewarded(
    chosen: dict[str, Candidate], known: Mapping[str, Sequence[Candidate]]
) -> None:
    """Of a language model's answers the return is what its critic learns, in control the score."""
    if "response_length" in chosen:
        rewards = [c for c in known.get("reward", ()) if "return" not in c.key[1].lower()]
        if rewards:
            chosen["reward"] = _best(rewards)


def _is_by_epoch(candidate: Candidate) -> bool:
    return candidate.key[1].startswith("epoch_")


def _adopt_a_final_loss(
    chosen: dict[str, Candidate], candidates: Mapping[Key, Candidate], attempts: int
) -> None:
    """``train/train_loss`` is a summary that the Hugging Face Trainer writes once an attempt.

    Logged more often than that, and in want of another, it is somebody's training loss.
    """
    for (_, tag), candidate in candidates.items():
        if tag == _FINAL_LOSS and "loss" not in chosen and candidate.points > attempts:
            chosen["loss"] = candidate


def _leave_out_a_part(chosen: dict[str, Candidate], attempts: Iterable[Attempt]) -> None:
    """Beside the losses of a policy and of a value function a part of one is no whole."""
    is_a_part = "loss" in chosen and chosen["loss"].meaning.rank >= _PART_RANK
    if is_a_part and {"policy_loss", "value_loss"} & _logged(attempts):
        del chosen["loss"]
