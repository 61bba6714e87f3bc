"""``trainer_log.jsonl``, one line for whatever LLaMA-Factory's trainer logs.

    {"current_steps": 10, "total_steps": 100, "loss": 1.2, "lr": 1e-4, "epoch": 0.3,
     "percentage": 10.0, "elapsed_time": "0:00:12", "remaining_time": "0:01:48"}

Lines hold no time of day, but how long training has taken, to a second. So times are counted back
from the file's own, which was that of its last line. Steps that go back begin another attempt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tb_trainmon.importing.past import Logged, NotUnderstood, PastAttempt
from tb_trainmon.tasks.found.records import parse_object, whole_number

FILE_NAME = "trainer_log.jsonl"

#: About the training, not measured by it.
BOOKKEEPING = frozenset(
    {"current_steps", "total_steps", "percentage", "elapsed_time", "remaining_time"}
)

#: Of one file; each takes a kilobyte of memory.
MOST_LINES = 2_000_000
_LONGEST_LINE = 1 << 16  # characters

_ELAPSED = re.compile(r"(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)")


def read_log(path: Path) -> list[PastAttempt]:
    """The attempts in the file at ``path``, earliest first. Raises NotUnderstood."""
    try:
        lines = list(_lines_in(path))
        written_at = path.stat().st_mtime
    except OSError as error:
        raise NotUnderstood(f"{path.name} cannot be read: {error}") from error
    if not lines:
        raise NotUnderstood(f"{path.name} has no line with current_steps")
    attempts = list(_attempts(lines))
    *earlier, last = attempts
    untimed = [_attempt(lines, [None] * len(lines)) for lines in earlier]
    return [*untimed, _attempt(last, _times(last, written_at))]


def _lines_in(path: Path) -> Iterator[dict[str, Any]]:
    """Those with a step. One that is longer than any trainer writes is none of them."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, text in enumerate(iter(lambda: file.readline(_LONGEST_LINE), "")):
            if number == MOST_LINES:
                told = f"{path} has more than {MOST_LINES:,} lines: it is not read"
                raise NotUnderstood(told)
            line = parse_object(text)
            if line and _step(line):
                yield line


def _attempts(lines: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    attempt: list[dict[str, Any]] = []
    for line in lines:
        if attempt and _step(line) < _step(attempt[-1]):
            yield attempt
            attempt = []
        attempt.append(line)
    yield attempt


def _attempt(lines: Sequence[dict[str, Any]], times: Sequence[float | None]) -> PastAttempt:
    return PastAttempt(
        source=FILE_NAME,
        logged=[
            Logged(_step(line), _measured(line), wall_time)
            for line, wall_time in zip(lines, times, strict=True)
        ],
        total_steps=whole_number(lines[-1].get("total_steps")),
    )


def _step(line: dict[str, Any]) -> int:
    return whole_number(line.get("current_steps")) or 0


def _measured(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in BOOKKEEPING}


def _times(lines: Sequence[dict[str, Any]], written_at: float) -> list[float | None]:
    elapsed = [_seconds(line.get("elapsed_time")) for line in lines]
    last = elapsed[-1]
    if last is None:
        return [None for _ in lines]
    return [None if seconds is None else written_at - (last - seconds) for seconds in elapsed]


def _seconds(elapsed: object) -> float | None:
    found = _ELAPSED.fullmatch(elapsed) if isinstance(elapsed, str) else None
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60.0 + seconds
