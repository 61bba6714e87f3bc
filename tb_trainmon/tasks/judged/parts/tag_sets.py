"""What the tags of a file mean together. Files of one sweep have the same ones, so it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tb_trainmon.tasks.metric_names import Meaning, Side, meaning_on, side_of

SETS_KEPT = 1 << 10  # so many, and what follows from each


@dataclass(frozen=True, slots=True, eq=False)
class TagSet:
    """The ``tags`` of a file, in their order, sorted by what they mean.

    ``measured`` are all but echoes of hyper-parameters, whose steps may count something else;
    ``training`` those that show that the file trained; ``names`` are of the series that may be
    made of them. ``trains``: any does, the trainer's end-of-run summary included. Hashed by its
    identity: a key for what else follows from tags.
    """

    tags: tuple[str, ...]
    side: Side
    meanings: Mapping[str, Meaning]
    measured: tuple[str, ...]
    training: tuple[str, ...]
    names: frozenset[str]
    trains: bool

    def of_metric(self, metric: str) -> tuple[str, ...]:
        """The tags of a canonical metric that were logged while it trained."""
        return _of_metric(self, metric)


def tag_set(tags: tuple[str, ...], slot: str) -> TagSet:
    """What ``tags`` mean in a run of this place in its task: only there "test" is a part of it."""
    return _tag_set(tags, side_of(slot))


@lru_cache(SETS_KEPT)
def _tag_set(tags: tuple[str, ...], side: Side) -> TagSet:
    meanings = {tag: meaning_on(tag, side) for tag in tags}
    training = tuple(tag for tag, meaning in meanings.items() if meaning.shows_training)
    return TagSet(
        tags=tuple(meanings),
        side=side,
        meanings=meanings,
        measured=tuple(tag for tag, m in meanings.items() if m.role != "bookkeeping"),
        training=training,
        names=frozenset(filter(None, (meaning.name for meaning in meanings.values()))),
        trains=bool(training) or any(m.role == "final" for m in meanings.values()),
    )


@lru_cache(SETS_KEPT)
def _of_metric(of: TagSet, metric: str) -> tuple[str, ...]:
    found = of.meanings.items()
    return tuple(tag for tag, m in found if m.metric == metric and m.role == "train")
