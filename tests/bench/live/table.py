"""The table that the bench prints: what was measured beside what was aimed at."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement; ``reached`` is None where there is no target."""

    what: str
    measured: str
    target: str
    reached: bool | None = None


def show(rows: Iterable[Row]) -> None:
    """Print each row as it comes."""
    for row in rows:
        verdict = {None: "", True: "reached", False: "MISSED"}[row.reached]
        sys.stdout.write(f"{row.what:<58}{row.measured:>24}{row.target:>14}  {verdict}\n")
        sys.stdout.flush()
