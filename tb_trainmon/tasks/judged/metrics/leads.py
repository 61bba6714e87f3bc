"""What a task trains, and the metrics that lead: those that its readers look at first.

The list and the task find them alike, by the names of what was logged; the list needs one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from tb_trainmon.tasks.found.configuration import TaskRule
from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import MODEL, SideFiles
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.metrics.language_model import is_language_model
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.judged.metrics.sources import choose_metrics, first_of, loss_of
from tb_trainmon.tasks.judged.parts.counters import Key
from tb_trainmon.tasks.judged.parts.frequency import as_often_as_any
from tb_trainmon.tasks.judged.parts.part import TagFacts
from tb_trainmon.tasks.judged.parts.tag_sets import SETS_KEPT, TagSet
from tb_trainmon.tasks.kinds import ADVERSARY, Kind, evidence_of, kind_called, kind_of
from tb_trainmon.tasks.metric_names import (
    Side,
    depth,
    hints_of,
    may_lead,
    meaning_of,
    meaning_on,
    side_of,
)

_MOST = 16  # metrics that lead: two rows
_FEW = 2  # scalars that lead for want of a metric
_ADVERSARIES = frozenset({"hint:discriminator", "hint:critic"})
_CONFIGURED = "trainmon.toml says so."


def kind_of_task(
    known: Kind, layout: Layout, attempts: Sequence[Attempt], side_files: SideFiles
) -> Kind:
    """What the task trains, by all that is known of it; ``known`` by what it logs."""
    if known.name != "unknown":
        return known
    loss = loss_of(attempts, layout.rule.metrics)
    if loss is not None and is_language_model(layout, attempts, loss, side_files):
        return kind_called("language_model", "Its loss is a language model's.")
    return known


def kind_by_tags(attempts: Sequence[Attempt], rule: TaskRule) -> Kind:
    """What a task trains by what it logs, without a look at the files beside it."""
    return _configured(rule) or kind_of(_evidence(attempts))


def lead_of(kind: Kind, attempts: Sequence[Attempt], rule: TaskRule) -> Metric | None:
    """The metric that leads, as the list has it: without a look at most other scalars."""
    if not rule.lead:
        first = first_of(attempts, rule.metrics, kind.leads_among)
        if first is not None and not _needs_a_stand_in(kind, [first.name]):
            return first
    metrics = choose_metrics(attempts, rule.metrics, kind.doubts)
    leads = leads_of(kind, rule, metrics, attempts)
    return next((metric for metric in metrics if metric.name in leads[:1]), None)


def leads_of(
    kind: Kind, rule: TaskRule, metrics: Sequence[Metric], attempts: Sequence[Attempt]
) -> tuple[str, ...]:
    """The names of the ``metrics`` that lead, in order; the busiest scalars for want of any."""
    names = [metric.name for metric in metrics if metric.derived != "rate"]
    # By a metric's name, or by the tag that has it.
    called = {metric.tag: metric.name for metric in metrics if not metric.derived}
    called |= {name: name for name in names}
    wanted = [called[name] for name in rule.lead if name in called]
    instead = _stand_in(kind, metrics, attempts) if _needs_a_stand_in(kind, names) else []
    other = _adversary(kind, metrics, attempts)
    ordered = (other.get(name, name) for name in kind.leads_among([*names, *other]))
    named = dict.fromkeys([*wanted, *instead, *ordered])
    if named:
        return tuple(named)[:_MOST]
    return tuple(metric.name for metric in _busiest(metrics, attempts))


def _needs_a_stand_in(kind: Kind, names: Sequence[str]) -> bool:
    """Whether ``names`` lack what leads such trainings, of which a part may have been logged."""
    return kind.stand_in is not None and not {kind.stand_in, f"eval_{kind.stand_in}"} & {*names}


def _stand_in(kind: Kind, metrics: Iterable[Metric], attempts: Sequence[Attempt]) -> list[str]:
    parts = [
        metric
        for metric in metrics
        if metric.is_raw and meaning_of(metric.tag, metric.run).part_of == kind.stand_in
    ]
    return [metric.name for metric in _busiest(parts, attempts)[:1]]


def _adversary(
    kind: Kind, metrics: Iterable[Metric], attempts: Sequence[Attempt]
) -> dict[str, str]:
    """Of two that play against one another the one that is not "loss", where both are trained."""
    if ADVERSARY not in kind.order:
        return {}
    losses = [
        metric
        for metric in metrics
        if metric.is_raw
        and meaning_of(metric.tag, metric.run).name in ("loss", "value_loss")
        and _ADVERSARIES & hints_of(metric.tag)
    ]
    first = next(iter(_busiest(losses, attempts)), None)
    return {} if first is None else {ADVERSARY: first.name}


def _configured(rule: TaskRule) -> Kind | None:
    if rule.kind is not None:
        return kind_called(rule.kind, _CONFIGURED)
    return kind_called("language_model", _CONFIGURED) if rule.language_model else None


def _evidence(attempts: Sequence[Attempt]) -> frozenset[str]:
    said = {
        _evidence_in(part.said, side_of(part.source.run))
        for attempt in attempts
        for part in attempt.parts
    }
    models = [text for attempt in attempts if (text := attempt.text(MODEL))]
    if len(said) == 1 and not models:
        return said.pop()
    return evidence_of((), models).union(*said)


@lru_cache(SETS_KEPT)
def _evidence_in(said: TagSet, side: Side) -> frozenset[str]:
    """What the tags of a folder say of the kind."""
    return evidence_of(((tag, meaning_on(tag, side)) for tag in said.tags), ())


def _busiest(metrics: Iterable[Metric], attempts: Sequence[Attempt]) -> list[Metric]:
    """The scalars of training that a person would look at: they move, and are logged often.

    Of those that are logged about as often as any, wholes before their parts, and what sounds like
    a time, a counter or a hyper-parameter last.
    """
    logged: dict[Key, list[TagFacts]] = {}
    for attempt in attempts:
        for part in attempt.parts:
            for tag, facts in part.tags.items():
                logged.setdefault((part.source.slot, tag), []).append(facts)

    def facts_of(metric: Metric) -> list[TagFacts]:
        return [facts for slot in metric.slots for facts in logged.get((slot, metric.tag), ())]

    raw = [metric for metric in metrics if metric.is_raw and metric.role == "train"]
    points = {
        metric.name: sum(facts.points for facts in found)
        for metric in raw
        if _moves(found := facts_of(metric))
    }
    moving = [metric for metric in raw if metric.name in points]
    telling = {metric.name for metric in moving if may_lead(metric.tag)} or set(points)
    often = as_often_as_any(points[name] for name in telling)

    def worth(metric: Metric) -> tuple[bool, bool, tuple[int, int], int, str]:
        count = points[metric.name]
        return metric.name not in telling, count < often, depth(metric.tag), -count, metric.name

    return sorted(moving, key=worth)[:_FEW]


def _moves(found: Iterable[TagFacts]) -> bool:
    values = [value for facts in found for value in facts.recent.value[-_FEW:].tolist()]
    return len(values) == 1 or len(set(values)) > 1
