"""How numbers are said in titles and evidence."""

from __future__ import annotations

_UNITS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"))


def duration(seconds: float) -> str:
    """A time that something took: "35.8 ms", "16.4 s", "37.1 min", "2.1 h"."""
    if seconds < 0.1:
        return f"{seconds * 1000:.3g} ms"
    for size, unit in _UNITS:
        if seconds >= 1.5 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
