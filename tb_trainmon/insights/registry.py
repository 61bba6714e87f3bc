"""All rules, in the order in which "what was looked at" names them."""

from __future__ import annotations

from tb_trainmon.insights.rule import Rule
from tb_trainmon.insights.rules.care import BEST_CHECKPOINT_GONE, CHECKPOINT_RARE, EVAL_NEVER
from tb_trainmon.insights.rules.divergence import DIVERGE_LR
from tb_trainmon.insights.rules.gradients import CLIPPED_ALWAYS, GRAD_EXPLODE, GRAD_VANISH
from tb_trainmon.insights.rules.learning import LR_ZERO, NO_LEARNING, PLATEAU, PLATEAU_STUCK
from tb_trainmon.insights.rules.nan import EVAL_NAN, NAN_HIDDEN, NAN_LOSS
from tb_trainmon.insights.rules.overfitting import EPOCH_STAIRS, OVERFIT
from tb_trainmon.insights.rules.pace import DATA_STALL, EVAL_HEAVY, SLOW_DOWN
from tb_trainmon.insights.rules.post_training import (
    ANSWERS_CUT_OFF,
    CLIP_FRACTION_HIGH,
    ENTROPY_COLLAPSE,
    GROUPS_WITHOUT_VARIANCE,
    KL_RISING,
    SAMPLER_GAP,
)
from tb_trainmon.insights.rules.resumes import (
    BAD_RESUME,
    DUPLICATE_ATTEMPT,
    NO_NEW_STEP,
    RESUME_OVERLAP,
)
from tb_trainmon.insights.rules.schedules import LR_RESTART_ON_RESUME, SCHEDULE_MISMATCH
from tb_trainmon.insights.rules.spikes import SPIKE_PERSISTENT, SPIKE_RECOVERS

RULES: tuple[Rule, ...] = (
    NAN_LOSS,
    NAN_HIDDEN,
    EVAL_NAN,
    SPIKE_RECOVERS,
    SPIKE_PERSISTENT,
    DIVERGE_LR,
    NO_LEARNING,
    PLATEAU_STUCK,
    PLATEAU,
    OVERFIT,
    EPOCH_STAIRS,
    GRAD_EXPLODE,
    GRAD_VANISH,
    CLIPPED_ALWAYS,
    SCHEDULE_MISMATCH,
    LR_RESTART_ON_RESUME,
    LR_ZERO,
    BAD_RESUME,
    RESUME_OVERLAP,
    DUPLICATE_ATTEMPT,
    NO_NEW_STEP,
    SLOW_DOWN,
    DATA_STALL,
    EVAL_HEAVY,
    EVAL_NEVER,
    BEST_CHECKPOINT_GONE,
    CHECKPOINT_RARE,
    GROUPS_WITHOUT_VARIANCE,
    ANSWERS_CUT_OFF,
    CLIP_FRACTION_HIGH,
    ENTROPY_COLLAPSE,
    KL_RISING,
    SAMPLER_GAP,
)
