"""All rules, in the order in which "what was looked at" names them: family by family."""

from __future__ import annotations

from tb_trainmon.insights.rule import Rule
from tb_trainmon.insights.rules import (
    care,
    divergence,
    gradients,
    learning,
    nan,
    overfitting,
    pace,
    post_training,
    resumes,
    schedules,
    spikes,
)

_FAMILIES = (
    nan,
    spikes,
    divergence,
    learning,
    overfitting,
    gradients,
    schedules,
    resumes,
    pace,
    care,
    post_training,
)
RULES: tuple[Rule, ...] = tuple(rule for family in _FAMILIES for rule in family.RULES)
