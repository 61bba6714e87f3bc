"""Files that one process opens in turn, where no name tells that it is one.

tensorboardX and TF1 write no process into a file's name. A process that opens a file for each
epoch, or for each round of training between its evaluations, trains as many steps for each of them
and waits as long behind each. Who launches it again does not, time after time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tb_trainmon.tasks.judged.parts.counters import Key
from tb_trainmon.tasks.judged.parts.part import FilePart

_FEWEST = 2  # pauses that are alike, behind files of as many steps
_ALIKE = 1.5  # times the usual one, and the same part of it


def pause_of_rounds(parts: Sequence[FilePart], leading: Key | None) -> float:
    """Seconds that a process usually waits between two of its files; 0 where it has no rounds.

    ``parts`` are in the order of writing; ``leading`` is the series that leads them.
    """
    nameless = all(part.source.file.name.pid is None for part in parts)
    if leading is None or len(parts) <= _FEWEST or not nameless:
        return 0.0
    slot, tag = leading
    mine = [part for part in parts if part.source.slot == slot and tag in part.tags]
    pauses = [after.opened_at - part.last_wall_time for part, after in pairwise(mine)]
    if len(pauses) < _FEWEST:
        return 0.0
    usual = sorted(pauses)[(len(pauses) - 1) // 2]
    steps = Counter(
        part.tags[tag].max_step - part.tags[tag].first_step
        for part, pause in zip(mine, pauses, strict=False)
        if usual / _ALIKE <= pause <= usual * _ALIKE
    )
    return usual if max(steps.values(), default=0) >= max(_FEWEST, len(pauses) / 2) else 0.0
