"""The tags of a task, each of which may be the source of a metric."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from heapq import heappop, heappush
from operator import itemgetter

from tb_trainmon.core.record import record
from tb_trainmon.tasks.found.layout import TABLE
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.metrics.plausible import contradicts
from tb_trainmon.tasks.judged.parts.tag_sets import TagSet
from tb_trainmon.tasks.metric_names import Meaning

Key = tuple[str, str]  # slot of the run, tag


@record(frozen=True, slots=True)
class Candidate:
    """A tag of one folder, or of several to which one attempt after another wrote it."""

    key: Key
    run: str
    meaning: Meaning
    points: int
    attempts: frozenset[int] = frozenset()
    other_slots: tuple[str, ...] = ()

    def with_later(self, later: Candidate) -> Candidate:
        """The same tag, written to a folder of its own by later attempts, joined to this one."""
        slots = (self.key[0], *self.other_slots)
        return replace(
            later,
            points=self.points + later.points,
            attempts=self.attempts | later.attempts,
            other_slots=slots,
        )


def candidates_of(
    attempts: Iterable[Attempt],
    tags_of: Callable[[TagSet], Iterable[str]] = lambda said: said.tags,
    doubts: Collection[str] = frozenset(),
) -> dict[Key, Candidate]:
    """The scalars in ``attempts``: of each set of tags those that ``tags_of`` takes from it.

    A tag whose values contradict its words has no meaning, nor has one whose name is among
    ``doubts``, unless its words prove it.
    """
    found: dict[Key, Candidate] = {}
    for number, attempt in enumerate(attempts):
        for part in attempt.parts:
            for tag in tags_of(part.said):
                facts, key = part.tags[tag], (part.source.slot, tag)
                meaning = facts.meaning
                if contradicts(facts) or (meaning.name in doubts and not meaning.proves):
                    meaning = Meaning(meaning.role)
                known = found.get(key)
                if known is None:
                    found[key] = Candidate(
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
    return found if len(found) < 2 else _joined(_event_files_first(found))


def _joined(found: Mapping[Key, Candidate]) -> dict[Key, Candidate]:
    """With what one attempt after another wrote to folders of their own as one candidate."""
    if len({slot for slot, _ in found}) < 2:
        return dict(found)
    by_tag: dict[str, list[Candidate]] = {}
    for candidate in found.values():
        by_tag.setdefault(candidate.key[1], []).append(candidate)
    return {
        candidate.key: candidate
        for of_tag in by_tag.values()
        for candidate in (_end_to_end(of_tag) if len(of_tag) > 1 else of_tag)
    }


def _end_to_end(of_tag: Iterable[Candidate]) -> list[Candidate]:
    """Each joined to the first before it that means the same and was written by other attempts.

    A task may have thousands of runs, whose attempts are mostly the same: those that are known
    stand by what they mean and the attempts that wrote them.
    """
    joined: list[Candidate] = []
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


def _event_files_first(found: Mapping[Key, Candidate]) -> dict[Key, Candidate]:
    """Without what the table repeats of the event files: one source a metric, never two mixed."""
    filed = [candidate for key, candidate in found.items() if key[0] != TABLE]
    if len(filed) == len(found):
        return dict(found)
    names = {candidate.meaning.name for candidate in filed}
    tags = {candidate.key[1] for candidate in filed}
    # A writer calls a metric "x" or "eval_x" in the table, and "train/x" or "eval/x" in its file.
    tags |= {tag.rpartition("/")[2] for tag in tags} | {tag.replace("/", "_", 1) for tag in tags}

    def repeats(candidate: Candidate) -> bool:
        name = candidate.meaning.name
        return candidate.key[1] in tags if name is None else name in names

    return {
        key: candidate
        for key, candidate in found.items()
        if key[0] != TABLE or not repeats(candidate)
    }
