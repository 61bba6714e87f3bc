"""What a rule says: a finding in one attempt, and the insight that readers get of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")  # worst first


class NothingToSee(Exception):
    """A rule has nothing to look at in an attempt; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found in one attempt, from the point at ``begin`` to that at ``end``.

    Both are steps as they were logged, of ``metric`` where it has one. ``since`` is the wall time
    at which it began, None where nobody knows. ``open``: it still holds at the attempt's last
    point. ``facts`` are the numbers that prove it.
    """

    severity: Severity
    title: str
    evidence: str
    advice: str
    begin: int
    end: int
    since: float | None = None
    metric: str | None = None
    open: bool = True
    facts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Insight:
    """A finding with its place in the task: the rule, the attempt, and x on the charts' axis."""

    rule: str
    attempt: int
    x_start: int
    x_end: int
    finding: Finding

    @property
    def id(self) -> str:
        """The same for the same finding, while it grows and when it is over."""
        return f"{self.rule}-{self.attempt}-{self.finding.begin}"


@dataclass(frozen=True, slots=True)
class Look:
    """Whether a rule had something to look at in the task; ``why`` says why not."""

    rule: str
    looked: bool
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """All insights of a task, open and worst first, and what was looked at."""

    insights: tuple[Insight, ...]
    looks: tuple[Look, ...]

    def counts(self) -> dict[Severity, int]:
        """How many are open, by severity."""
        open_ = [i.finding.severity for i in self.insights if i.finding.open]
        return {severity: open_.count(severity) for severity in SEVERITIES}
