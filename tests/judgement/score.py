"""Shares of what is right, by field, and what is wrong in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass
class Score:
    """By field, how many of how many are right; and what is not."""

    right: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, name: str, is_right: bool, fault: str = "") -> None:
        """One answer."""
        self.asked[name] = self.asked.get(name, 0) + 1
        self.right[name] = self.right.get(name, 0) + is_right
        if not is_right and fault:
            self.faults.append(f"{name}: {fault}")

    def add_all(self, other: Score) -> None:
        """The answers of another score."""
        for name, asked in other.asked.items():
            self.asked[name] = self.asked.get(name, 0) + asked
            self.right[name] = self.right.get(name, 0) + other.right[name]
        self.faults += other.faults

    def shares(self) -> dict[str, list[int]]:
        """By field, [right, asked]."""
        return {name: [self.right[name], self.asked[name]] for name in sorted(self.asked)}


def lost(shares: Mapping[str, list[int]], floor: Mapping[str, list[int]]) -> Iterator[str]:
    """Where a share is below the floor, as sentences; a field that is new has none."""
    for name, (right, asked) in floor.items():
        now, of = shares.get(name, [0, 0])
        if of == 0 or now * asked < right * of:
            yield f"{name}: {now} of {of} right, where it was {right} of {asked}"


def table(shares: Mapping[str, list[int]], floor: Mapping[str, list[int]]) -> Iterator[str]:
    """Lines of text: field, right, asked, share, and what the floor says where it differs."""
    width = max(len(name) for name in shares)
    for name, (right, asked) in shares.items():
        before = floor.get(name)
        change = "" if before in (None, [right, asked]) else f"   floor {before[0]} of {before[1]}"
        new = "   new" if before is None else ""
        yield f"{name:{width}} {right:5} of {asked:<5} {100 * right / asked:5.1f} %{change}{new}"


def merged(scores: Iterable[Score]) -> Score:
    """All of them as one."""
    whole = Score()
    for score in scores:
        whole.add_all(score)
    return whole
