"""The end of a training: the trainer's own signs of it, and the end of its counter.

A sign is something that the trainer writes when it ends by itself and at no other time. Sources:
the frameworks' own code (``Trainer.train`` of Hugging Face, ``on_train_end`` of YOLOv5,
``final_eval`` of Ultralytics, the TBX logger of Ray Tune, the writers of detectron2 and GraphGym).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from tb_trainmon.core.record import record
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.parts.part import FilePart, TagFacts
from tb_trainmon.tasks.judged.parts.tag_sets import SETS_KEPT, TagSet
from tb_trainmon.tasks.judged.progress.leading import Leading
from tb_trainmon.tasks.judged.progress.reached import Reached
from tb_trainmon.tasks.judged.progress.totals import Total

_HF_SUMMARY = "train/total_flos"
_RAY_DONE = "ray/tune/done"
_YOLO_IMAGES = frozenset({"results", "confusion_matrix", "F1_curve", "PR_curve"})
_REMAINING = re.compile(
    r"(^|[/_.])(eta|eta_seconds|eta_s|remaining_(time|seconds)|time_remaining)$",
    re.IGNORECASE | re.ASCII,
)
_MEASURED, _TRAINED = re.compile("^metrics/"), re.compile("^train/")
_TOGETHER = 5.0  # seconds within which what a trainer logs at once is written
_RARE = 0.1  # logging more rarely than this share of the total, a last point tells no end
_VERY_RARE = 0.01  # the same where it is not known whether the steps are counted from 0


@record(frozen=True, slots=True)
class Sign:
    """A sign of the end, as a phrase. ``final``: nothing is trained after it."""

    words: str
    final: bool = True


def sign_of_end(attempt: Attempt, leading: Leading | None = None) -> Sign | None:
    """The attempt's own sign of its end; None without one, or where training went on after it."""
    found = next((sign for part in attempt.parts for sign in _written_once(part)), None)
    if found is not None:
        return found if not _went_on(attempt, found.at) else None
    if leading is not None and any(_none_remains(part, leading) for part in attempt.parts):
        return Sign("a remaining time of exactly 0 at the last step", final=False)
    return None


def is_done(reached: Reached, total: Total, *, writes_its_end: bool) -> bool:
    """Whether the counter has come to its end: the next point would have been beyond the total.

    A counter from 0 ends at total - 1; whole rollouts, and points at every so many steps, end
    below it. A trainer that writes its end (``writes_its_end``) did not come to it without. One
    that logs nothing at first hides where it counts from: it fell silent just where a counter from
    0 logs its last point, which among very many is no accident.
    """
    last, interval = reached.last, reached.interval
    if last is None or not total.is_exact:
        return False
    end = total.last_step(reached)
    if last >= end:
        return True
    if interval is None or writes_its_end:
        return False
    if reached.begins_late and interval <= _VERY_RARE * total.steps:
        end = min(end, total.steps - 1)
    return interval <= _RARE * total.steps and last + interval > end


def was_short(reached: Reached, total: Total) -> bool:
    """Whether the counter had not come to its last step, where the total is sure."""
    last = reached.last
    return total.is_exact and last is not None and last < total.last_step(reached)


@record(frozen=True, slots=True)
class _Written(Sign):
    at: float = 0.0


def _written_once(part: FilePart) -> Iterator[_Written]:
    tags = part.tags
    if _HF_SUMMARY in tags:
        at = tags[_HF_SUMMARY].last_wall_time
        yield _Written("the trainer's end-of-training summary", at=at)
    done = tags.get(_RAY_DONE)
    if done is not None and done.recent.value[-1] == 1.0:
        yield _Written("Ray Tune's 'done'", at=done.last_wall_time)
    images = part.source.others
    if len(_YOLO_IMAGES & images.keys()) > 1:
        at = max(images[tag] for tag in _YOLO_IMAGES & images.keys())
        yield _Written("the result images that YOLOv5 writes at its end", at=at)
    again = _evaluated_again(part)
    if again is not None:
        words = "the last epoch's metrics, evaluated a second time after the training"
        yield _Written(words, at=again)


def _evaluated_again(part: FilePart) -> float | None:
    """Ultralytics evaluates the best model at the end: all its ``metrics/...`` at one step twice.

    The training's own tags stand at that step once.
    """
    measured = [part.tags[tag] for tag in _that_match(part.said, _MEASURED)]
    if not measured:
        return None
    trained = [part.tags[tag] for tag in _that_match(part.said, _TRAINED)]
    if not trained:
        return None
    twice = all(_ends_twice(facts) for facts in measured)
    once = not any(_ends_twice(facts) for facts in trained)
    same = {facts.max_step for facts in (*measured, *trained)}
    return max(f.last_wall_time for f in measured) if twice and once and len(same) == 1 else None


def _ends_twice(facts: TagFacts) -> bool:
    steps = facts.recent.step
    return len(steps) > 1 and steps[-1] == steps[-2] == facts.max_step


def _went_on(attempt: Attempt, at: float) -> bool:
    """Whether anything was trained after the sign was written."""
    return any(
        facts.meaning.shows_training and facts.last_wall_time > at + _TOGETHER
        for part in attempt.parts
        for facts in part.tags.values()
    )


def _none_remains(part: FilePart, leading: Leading) -> bool:
    """Whether a remaining time that fell is exactly 0 at the last leading step.

    One that never was anything else is something else.
    """
    for tag in _that_match(part.said, _REMAINING):
        facts = part.tags[tag]
        values = facts.recent.value
        if facts.recent.step[-1] == leading.last:
            fell = len(values) > 1 and np.all(np.isfinite(values)) and values[0] > 0.0
            if fell and values[-1] == 0.0:
                return True
    return False


@lru_cache(SETS_KEPT)
def _that_match(said: TagSet, pattern: re.Pattern[str]) -> Sequence[str]:
    return [tag for tag in said.tags if pattern.search(tag)]
