"""Metrics that only rules ask for, by what trainers call them.

A canonical name of the task comes first; then the first tag that a pattern fits. Tags: TRL (GRPO,
RLOO, PPO), verl, OpenRLHF, NeMo-RL, torchtitan, Lightning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.metric_names import normalized

_PATTERNS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    name: tuple(re.compile(pattern) for pattern in patterns)
    for name, patterns in {
        "reward": (
            r"^(train/)?reward$",
            r"^critic/(score|rewards)/mean$",
            r"^(train/)?objective/(scores|rlhf_reward)$",
            r"^(train/)?rewards?/mean$",
        ),
        "kl": (
            r"^(train/)?(objective/)?kl$",
            r"^actor/(ppo_)?kl(_loss)?$",
            r"^(train/)?(policy/)?approx_?kl(_avg)?$",
        ),
        "entropy": (
            r"^(train/)?(policy/)?entropy(_avg)?$",
            r"^actor/entropy(_loss)?$",
            r"^(train/)?objective/entropy$",
        ),
        "clip_fraction": (
            r"^(train/)?clip_ratio(/region_mean)?$",
            r"^actor/pg_clipfrac$",
            r"^(train/)?policy/clipfrac_avg$",
            r"^train/clip_fraction$",
        ),
        "groups_without_variance": (r"(^|/)frac_reward_zero_std$",),
        "answers_cut_off": (
            r"(^|/)completions/clipped_ratio$",
            r"^response_length/clip_ratio$",
        ),
        "sampler_gap": (
            r"(^|/)sampling/sampling_logp_difference/mean$",
            r"^training/rollout_probs_diff_mean$",
        ),
        "data_percent": (r"^time_metrics/data_loading\(%\)$",),
    }.items()
}


def source_of(name: str, metrics: Iterable[Metric]) -> str | None:
    """The task's metric that is meant by ``name``; None where no tag fits."""
    tags = [(normalized(metric.tag), metric.name) for metric in metrics]
    for pattern in _PATTERNS.get(name, ()):
        for tag, metric in tags:
            if pattern.search(tag):
                return metric
    return None
