"""How many series one writer may have, and how long their names may be, to be shown.

A name that is made of something that changes (a step, a prompt) makes a series of each value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

MOST_SERIES = 20_000
LONGEST_NAME = 1_000  # characters

_T = TypeVar("_T")


def admitted(series: Mapping[str, _T], known: Collection[str] = ()) -> Mapping[str, _T]:
    """Those of ``series`` that are among the ``known`` ones or may join them, first come."""
    if len(known) + len(series) <= MOST_SERIES and max(map(len, series), default=0) <= LONGEST_NAME:
        return series
    found = {name: each for name, each in series.items() if name in known}
    free = MOST_SERIES - len(known)
    new = [name for name in series if name not in known and len(name) <= LONGEST_NAME]
    return found | {name: series[name] for name in new[: max(free, 0)]}
