"""What a rule declares: its name, its parameters with their sources, and when it is silent.

The page of each rule (docs/insights.md) is made of this, so that it cannot say anything else than
the code does: texts name a parameter in braces, and get its value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tb_trainmon.insights.finding import Finding
from tb_trainmon.insights.subject import Subject


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a rule decides by: what it bounds, and where it comes from."""

    name: str
    value: float
    says: str
    source: str

    @property
    def text(self) -> str:
        """The value as people write it."""
        return f"{self.value:,g}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: ``look`` is given an attempt and says what it found there.

    ``needs`` are metrics without which it has nothing to look at. ``look`` raises NothingToSee
    where it cannot say anything, with the reason.
    """

    id: str
    says: str
    why: str
    method: str
    silent: str
    false_alarms: str
    look: Callable[[Subject], Sequence[Finding]]
    needs: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    def text(self, of: str) -> str:
        """``of``, one of its texts, with the values of the parameters that it names."""
        return of.format(**{parameter.name: parameter.text for parameter in self.parameters})
