"""All rules, in the order in which "what was looked at" names them."""

from __future__ import annotations

from tb_trainmon.insights.rule import Rule
from tb_trainmon.insights.rules.divergence import DIVERGE_LR
from tb_trainmon.insights.rules.nan import EVAL_NAN, NAN_HIDDEN, NAN_LOSS
from tb_trainmon.insights.rules.spikes import SPIKE_PERSISTENT, SPIKE_RECOVERS

RULES: tuple[Rule, ...] = (
    NAN_LOSS,
    NAN_HIDDEN,
    EVAL_NAN,
    SPIKE_RECOVERS,
    SPIKE_PERSISTENT,
    DIVERGE_LR,
)
