"""A metric of a task: its name, and the tag that it is taken from."""

from __future__ import annotations

from typing import Literal

from tb_trainmon.core.record import record
from tb_trainmon.tasks.judged.parts.part import FilePart
from tb_trainmon.tasks.metric_names import Role

# Canonical metrics by which a reader judges a training; shown first, in this order.
HEADLINES = (
    "loss",
    "perplexity",
    "eval_loss",
    "grad_norm",
    "learning_rate",
    "samples_per_second",
    "tokens_per_second",
    "steps_per_second",
    "epoch",
)


@record(frozen=True, slots=True)
class Metric:
    """A metric and its source.

    ``derived`` metrics are computed: "exp" of that tag (the loss), the "rate" at which its steps
    pass by its wall times, or the "share" that it is of the metric ``over``. ``is_raw``: it goes by
    its tag, for want of a canonical name.
    """

    name: str
    run: str
    slot: str
    tag: str
    role: Role
    note: str | None = None
    scale: float = 1.0
    derived: Literal["exp", "rate", "share"] | None = None
    is_raw: bool = False
    other_slots: tuple[str, ...] = ()
    over: Metric | None = None

    @property
    def unit(self) -> float:
        """What a value of its points as logged (or as a share of those of ``over``) times is it."""
        return self.scale / self.over.scale if self.over is not None else self.scale

    @property
    def slots(self) -> tuple[str, ...]:
        """Where it was logged: attempts of one task may have written it to different folders."""
        return (self.slot, *self.other_slots)

    def is_in(self, part: FilePart) -> bool:
        """Whether ``part`` has points of it."""
        slot = part.source.slot
        return self.tag in part.tags and (slot == self.slot or slot in self.other_slots)


def prominence(metric: Metric) -> tuple[int, str]:
    """Sort key: headlines, then other canonical names, then tags."""
    known = metric.name in HEADLINES
    place = HEADLINES.index(metric.name) if known else len(HEADLINES) + metric.is_raw
    return place, metric.name
