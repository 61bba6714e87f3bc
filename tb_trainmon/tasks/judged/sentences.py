"""Durations, times and amounts in the words of a status line."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """``seconds`` in one unit that a person would choose: "14 s", "3 min", "5 h", "2 days"."""
    seconds = max(seconds, 0.0)
    if seconds < 1.0:
        return "under 1 s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:,.0f} days"


def in_flops(operations: float) -> str:
    """An amount of computing as people say it: "1.63 PFLOP"."""
    for unit in ("", "k", "M", "G", "T", "P", "E"):
        if operations < 999.5:
            return f"{operations:.3g} {unit}FLOP"
        operations /= 1000.0
    return f"{operations:.4g} ZFLOP"
