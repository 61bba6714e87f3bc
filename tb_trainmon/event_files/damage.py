"""What could not be read of a file, counted and said in sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from tb_trainmon.core.problem import Problem
from tb_trainmon.event_files.foreign import no_event_file

# More than these are only counted: a disk that is going bad should not flood the tab.
_MOST_NAMED = 3


@dataclass(slots=True)
class _Kind:
    count: int = 0
    size: int = 0
    offsets: list[int] = field(default_factory=list)

    def add(self, offset: int, size: int) -> None:
        self.count += 1
        self.size += size
        if len(self.offsets) < _MOST_NAMED:
            self.offsets.append(offset)

    def where(self) -> str:
        named = ", ".join(f"{offset:,}" for offset in self.offsets)
        more = self.count - len(self.offsets)
        return f"at byte {named}" + (f" and {more:,} more" if more else "")


class Damage:
    """The damage found in one file so far; everything that is not named in it was read."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._records = _Kind()
        self._gaps = _Kind()
        self._not_events = _Kind()
        self._too_large = _Kind()
        self._lost: tuple[int, int] | None = None

    @property
    def skipped(self) -> tuple[int, int]:
        """Records and bytes that were skipped, and behind which more was found.

        How many records a gap held is not known; they are not counted.
        """
        records = self._records.count + self._not_events.count + self._too_large.count
        return records, self._records.size + self._gaps.size + self._too_large.size

    def bad_record(self, offset: int, size: int) -> None:
        """The record at ``offset``, of ``size`` bytes, fails its checksum and was skipped."""
        self._records.add(offset, size)

    def not_an_event(self, offset: int) -> None:
        """The record at ``offset`` is whole, but no event."""
        self._not_events.add(offset, 0)

    def too_large(self, offset: int, size: int) -> None:
        """The record at ``offset``, of ``size`` bytes, has more in it than is kept of one."""
        self._too_large.add(offset, size)

    def gap(self, offset: int, size: int) -> None:
        """From ``offset``, ``size`` bytes hold no valid record; one follows them."""
        self._lost = None
        self._gaps.add(offset, size)

    def lost(self, offset: int, size: int) -> None:
        """From ``offset`` to the end of the file, ``size`` bytes, there is no valid record."""
        self._lost = (offset, size)

    def problems(self) -> tuple[Problem, ...]:
        """A sentence for each kind of damage there is."""
        said = (
            self._about_records(), self._about_gaps(), self._about_the_end(),
            self._about_not_events(), self._about_too_large(),
        )  # fmt: skip
        return tuple(problem for problem in said if problem)

    def _about_records(self) -> Problem | None:
        kind = self._records
        if not kind.count:
            return None
        subject = "One record fails" if kind.count == 1 else f"{kind.count:,} records fail"
        return self._problem(
            "damaged_record",
            f"{subject} the checksum and could not be read ({kind.where()}; {kind.size:,} bytes).",
        )

    def _about_gaps(self) -> Problem | None:
        kind = self._gaps
        if not kind.count:
            return None
        return self._problem(
            "damaged_bytes",
            f"{kind.size:,} bytes hold no valid record and were skipped ({kind.where()}).",
        )

    def _about_the_end(self) -> Problem | None:
        if self._lost is None:
            return None
        offset, size = self._lost
        if offset == 0:
            return no_event_file(self._where)
        return self._problem(
            "damaged_end",
            f"The last {size:,} bytes hold no valid record (from byte {offset:,} on).",
        )

    def _about_not_events(self) -> Problem | None:
        kind = self._not_events
        if not kind.count:
            return None
        subject = "One record is" if kind.count == 1 else f"{kind.count:,} records are"
        return self._problem(
            "not_an_event", f"{subject} no valid event and could not be read ({kind.where()})."
        )

    def _about_too_large(self) -> Problem | None:
        kind = self._too_large
        if not kind.count:
            return None
        subject = "One record is" if kind.count == 1 else f"{kind.count:,} records are"
        return self._problem(
            "record_too_large",
            f"{subject} too large to be read ({kind.where()}; {kind.size:,} bytes).",
        )

    def _problem(self, code: str, message: str) -> Problem:
        return Problem(code, self._where, message + " Everything else was read.")
