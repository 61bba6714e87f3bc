"""Numbers and times in words: the same words as the tab's (frontend/src/base)."""

from __future__ import annotations

import math
from datetime import datetime

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(number: float) -> str:
    """With commas, as in 18,231."""
    return f"{number:,.0f}"


def plural(number: int, noun: str) -> str:
    """A noun and how many: "1 task", "2 tasks"."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def value(number: float | str | None) -> str:
    """Four significant digits: "2.051", "3e-4"; NaN and infinities by their names."""
    if number is None or isinstance(number, str):
        return number or ""
    size = abs(number)
    if not math.isfinite(number):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(number)]
    if 1000 <= size < 1e7:
        return count(number)
    if number == 0 or 1e-3 <= size < 1e7:
        return f"{number:.4g}"
    mantissa, _, exponent = f"{number:.2e}".partition("e")
    return f"{float(mantissa):g}e{int(exponent)}"


def percent(share: float) -> str:
    """Never rounded up to an end that has not come: "<0.1%", "2.5%", "60%", "99.9%"."""
    percents = share * 100
    if 0 < percents < 0.1:
        return "<0.1%"
    if 99 < percents < 100:
        return f"{math.floor(percents * 10) / 10:g}%"
    digits = 1 if percents < 10 and percents % 1 != 0 else 0
    return f"{percents:.{digits}f}%"


def duration(seconds: float) -> str:
    """The two largest units that matter: "42 s", "5 min 10 s", "3 h 05 min", "2 d 4 h"."""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < 10 * MINUTE and whole % MINUTE:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    if whole < HOUR:
        return f"{round(whole / MINUTE)} min"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d} min"
    return f"{whole // DAY} d {whole % DAY // HOUR} h"


def duration_range(low: float, high: float) -> str:
    """A range in one unit, "8 to 11 min"; one whose ends read alike is "about 5 min"."""
    if high < 2 * MINUTE:
        return _range(f"{low:.0f}", f"{high:.0f}", " s")
    if high < 2 * HOUR:
        return _range(f"{low / MINUTE:.0f}", f"{high / MINUTE:.0f}", " min")
    return _range(duration(low), duration(high), "")


def _range(low: str, high: str, unit: str) -> str:
    return f"about {high}{unit}" if low == high else f"{low} to {high}{unit}"


def age(seconds: float) -> str:
    """How long ago, as in "5 min 10 s ago"."""
    return "just now" if seconds < 1 else f"{duration(seconds)} ago"


def short_age(seconds: float) -> str:
    """The same in its largest unit: "4 s ago", "5 h ago"."""
    whole = max(0, round(seconds))
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if whole >= unit:
            return f"{count(whole // unit)} {name} ago"
    return age(whole)


def moment(at: float, now: float) -> str:
    """Clock time of this machine's zone, with its date on any other day than that of ``now``."""
    date, today = _local(at), _local(now)
    if date is None or today is None:
        return ""
    clock = f"{date:%H:%M}"
    if date.date() == today.date():
        return clock
    day = f"{MONTHS[date.month - 1]} {date.day}"
    return f"{day}, {clock}" if date.year == today.year else f"{day} {date.year}, {clock}"


def date_time(at: float) -> str:
    """Date and clock time: "2026-11-23 14:02:11"."""
    date = _local(at)
    return f"{date:%Y-%m-%d %H:%M:%S}" if date else ""


def _local(at: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(at).astimezone()
    except (OverflowError, OSError, ValueError):  # a time that no calendar has
        return None
