"""The goodput that the trainer logged itself, beside which ours is shown.

Google's ml-goodput-measurement (MaxText, AXLearn) logs percentages of the job's whole time, over
all its launches: ``goodput/goodput`` (``goodput``, in older versions) and, if it is asked for the
rest, one ``badput/NAME`` for each way in which time was lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from tb_trainmon.core.record import record
from tb_trainmon.tasks.judged.attempts.plan import Attempt

_GOODPUT = ("goodput/goodput", "goodput")
_BADPUT = "badput/"


@record(frozen=True, slots=True)
class LoggedGoodput:
    """Shares of the job's time, 0 to 1: ``goodput`` by ``tag``, and what was lost, by name."""

    tag: str
    goodput: float
    badput: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        """As it is told: "81%; tpu initialization 6%"."""
        lost = [f"{name.replace('_', ' ')} {share:.0%}" for name, share in self.badput.items()]
        return "; ".join([f"{self.goodput:.0%}", *lost])


def logged_goodput(attempts: Iterable[Attempt]) -> LoggedGoodput | None:
    """The latest of them; None where it was not logged."""
    newest: dict[str, tuple[float, float]] = {}
    for attempt in attempts:
        for part in attempt.parts:
            for tag, facts in part.tags.items():
                name = tag.lower()
                if name in _GOODPUT or name.startswith(_BADPUT):
                    last = facts.last_wall_time, float(facts.recent.value[-1])
                    newest[name] = max(newest.get(name, last), last)
    shares = {name: value / 100.0 for name, (_, value) in newest.items() if 0.0 <= value <= 100.0}
    own = [tag for tag in _GOODPUT if tag in shares]
    if not own:
        return None
    lost = {
        name.removeprefix(_BADPUT): share
        for name, share in sorted(shares.items())
        if name.startswith(_BADPUT) and share > 0.0
    }
    return LoggedGoodput(own[0], shares[own[0]], lost)
