"""The shares that were right once: ``floor.json``. They may only rise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tests.judgement import cases, strangers, tags
from tests.judgement.score import Score, merged

_FILE = Path(__file__).parent / "floor.json"
ROOMS: Mapping[str, Callable[[], Score]] = {
    "strangers": strangers.score,
    "cases": cases.score,
    "tags": tags.score,
}


def score_of(rooms: Iterable[str]) -> Score:
    """What is right in these rooms today."""
    return merged(ROOMS[room]() for room in rooms)


def floor(rooms: Iterable[str]) -> dict[str, list[int]]:
    """What was right in these rooms."""
    known: dict[str, list[int]] = json.loads(_FILE.read_text()) if _FILE.exists() else {}
    wanted = tuple(rooms)
    return {name: share for name, share in known.items() if name.startswith(wanted)}


def keep(shares: Mapping[str, list[int]]) -> None:
    """Write ``shares`` as the floor, beside those of other rooms."""
    known = floor(ROOMS) | dict(shares)
    rows = [f"{json.dumps(name)}: {json.dumps(share)}" for name, share in sorted(known.items())]
    _FILE.write_text("{\n " + ",\n ".join(rows) + "\n}\n")
