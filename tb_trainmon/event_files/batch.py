"""What one read of an event file gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tb_trainmon.core.columns import Column
from tb_trainmon.core.problem import Problem
from tb_trainmon.core.record import record

#: Session starts of one file, the latest, of which is known what stands before them.
MOST_STARTS = 1_000

HyperParameter = str | float | bool | None


@record(frozen=True, slots=True)
class SessionStart:
    """A writer said ``SessionLog.START``: training begins here, at ``step``, perhaps again.

    ``points_before`` counts, by tag, those points of this file that stand before it. In the tail
    of a glance it counts only the points that the glance has seen.
    """

    step: int
    wall_time: float
    points_before: Mapping[str, int]


@dataclass(slots=True)
class Batch:
    """The events that one read found, sorted by what they mean.

    ``scalars`` holds the new points of each tag in file order, ``texts`` each tag's latest text,
    ``hparams`` the latest hyper-parameters that the hparams plugin's writer stored (None: none in
    this batch). ``others`` names the tags of images, histograms and the like, with the time of the
    latest. ``first_wall_time`` and ``last_wall_time`` are the least and the greatest wall
    time (seconds since the epoch) of all events, whatever they hold; zero and non-finite times
    are passed over. ``writer`` is what the file says about the program that writes it.

    ``rewritten`` means that the file was truncated or replaced since the previous batch: forget
    everything that came from it before, and begin with this batch. ``more`` is to be read at once:
    the batch was full.

    ``events`` were read, taking ``bytes_read`` bytes; ``skipped_events`` and ``skipped_bytes``
    were damaged. ``problems`` are those that are new, or have changed, since the previous batch.
    """

    scalars: dict[str, Column] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    hparams: dict[str, HyperParameter] | None = None
    others: dict[str, float] = field(default_factory=dict)
    session_starts: list[SessionStart] = field(default_factory=list)
    first_wall_time: float | None = None
    last_wall_time: float | None = None
    writer: str | None = None
    events: int = 0
    bytes_read: int = 0
    skipped_events: int = 0
    skipped_bytes: int = 0
    rewritten: bool = False
    more: bool = False
    problems: list[Problem] = field(default_factory=list)
