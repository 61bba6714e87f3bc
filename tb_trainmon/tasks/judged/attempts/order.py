"""In which order the parts of a task's files were written. Clocks may have been set between them.

By the writers' clocks (the time of a part's first point), except where more is known:

* the parts of one file were written in the order in which they lie in it;
* a file that came while the task was open was written after those that were there;
* a file whose steps begin just behind the end of another, and that the file system says was
  written after it, goes on from that one: a trainer that resumed, with its clock set back;
* of two files that do not, one whose clock was behind that of the file system by whole quarters of
  an hour, as clocks of other time zones are, was written after one whose clock was right, where
  the file system says so.

See docs/decisions/0016.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tb_trainmon.tasks.judged.parts.part import FilePart

TOGETHER = 60.0  # seconds within which the processes of one launch begin, by whatever clocks
_ZONE = 900.0  # seconds: time zones lie apart by whole quarters of an hour
_MOST_ZONES = 14 * 4
_INTERVALS = 2  # logging intervals behind the end of another file within which one goes on from it


def in_order(parts: Sequence[FilePart]) -> list[FilePart]:
    """``parts`` in the order in which they were written; those of a file come by their number."""
    begun: dict[str, float] = {}
    keyed = []
    latest = float("-inf")
    for part in sorted(parts, key=lambda part: (abs(part.source.seen), part.number)):
        path, seen = part.source.file.path, part.source.seen
        at = max(part.first_wall_time, begun.get(path, part.first_wall_time))
        # Little differences are those of files that are flushed in turn: no clock was set.
        if seen > 0 and at < latest - TOGETHER:
            at = latest
        begun[path], latest = at, max(latest, at)
        keyed.append((at, seen, part.number, part))
    ordered = [part for *_, part in sorted(keyed, key=lambda key: key[:3])]
    return _resumed_last(ordered) if len(ordered) > 1 else ordered


def _resumed_last(parts: list[FilePart]) -> list[FilePart]:
    """``parts`` with those moved back that go on from a later one."""
    shares = Counter(part.source.file.path for part in parts)
    for at in range(len(parts) - 1):
        part, following = parts[at], parts[at + 1]
        whole = shares[part.source.file.path] == shares[following.source.file.path] == 1
        late = whole and _was_written_after(part, following)
        if late and (_goes_on_from(part, following) or _is_of_another_zone(part, following)):
            parts[at], parts[at + 1] = following, part
    return parts


def _was_written_after(part: FilePart, other: FilePart) -> bool:
    """Whether the file system says so, and nobody has seen it otherwise."""
    same = part.source.seen == other.source.seen
    return same and part.source.file.modified_at > other.source.file.modified_at


def _is_of_another_zone(part: FilePart, other: FilePart) -> bool:
    """Whether the clock of ``part`` was that of another time zone, and ``other`` had ended then."""
    behind = _behind(part)
    zones = round(behind / _ZONE)
    if not 1 < zones <= _MOST_ZONES or abs(behind - zones * _ZONE) > TOGETHER:
        return False
    ended = other.last_wall_time
    return abs(_behind(other)) <= TOGETHER and part.first_wall_time + behind > ended


def _behind(part: FilePart) -> float:
    """Seconds by which its last event is older than its file: until that was flushed, or copied."""
    return part.source.file.modified_at - part.last_event_at


def _goes_on_from(part: FilePart, other: FilePart) -> bool:
    """Whether the training steps that both log begin in ``part`` just where ``other`` ends."""
    slots = part.source.slot == other.source.slot
    both = [tag for tag in part.tags if slots and tag in other.tags and _leads(part, tag)]
    for tag in both:
        facts, before = part.tags[tag], other.tags[tag]
        gap = facts.first_step - before.max_step
        interval = before.interval or facts.interval
        if interval is None or not 0 < gap <= _INTERVALS * interval:
            return False
    return bool(both)


def _leads(part: FilePart, tag: str) -> bool:
    return part.tags[tag].meaning.shows_training
