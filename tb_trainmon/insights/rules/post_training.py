"""Audits of reinforcement learning from rewards of language models (GRPO, PPO, RLOO)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tb_trainmon.core.columns import FloatArray
from tb_trainmon.insights.finding import Finding
from tb_trainmon.insights.robust import median, noise
from tb_trainmon.insights.rule import Parameter, Rule
from tb_trainmon.insights.subject import Subject

_PRACTICE = "practice of GRPO and PPO post-training"
LEAST = Parameter("least", 20, "points", "own")
RECENT = Parameter("recent", 20, "latest points whose median is judged", "own")
FLAT_GROUPS = Parameter(
    "flat_groups", 0.5, "share of groups whose rewards are all equal", _PRACTICE
)
FLAT_MOST = Parameter("flat_most", 0.75, "share that is a warning", _PRACTICE)
CUT = Parameter("cut", 0.05, "share of answers that were cut off", _PRACTICE)
CUT_MUCH = Parameter("cut_much", 0.15, "share that is a warning", _PRACTICE)
CLIPPED = Parameter("clipped", 0.2, "share of tokens whose ratio was clipped", _PRACTICE)
CLIPPED_MUCH = Parameter("clipped_much", 0.4, "share that is a warning", _PRACTICE)
TENTH = Parameter("tenth", 0.1, "share of its start that the entropy is below", _PRACTICE)
STALLED = Parameter(
    "stalled", 2, "standard errors that the reward gained at most, of its latter half", "own"
)
KL_TIMES = Parameter("kl_times", 3, "times the divergence of the half before", "own")
KL_LEAST = Parameter("kl_least", 0.1, "divergence from which on it matters, in nats", "own")
GAP = Parameter("gap", 0.1, "mean distance of the probabilities of trainer and sampler", _PRACTICE)
GAP_MUCH = Parameter("gap_much", 0.3, "distance that is a warning", _PRACTICE)


def _share(
    metric: str, some: Parameter, much: Parameter, title: str, advice: str
) -> Callable[[Subject], Sequence[Finding]]:
    """A look at the latest values of a share."""

    def look(subject: Subject) -> list[Finding]:
        series, course = subject.need_course(metric, int(LEAST.value))
        recent = course.value[-int(RECENT.value) :]
        now = median(recent)
        if now <= some.value:
            return []
        at = len(course) - len(recent)
        return [
            Finding(
                severity="warning" if now > much.value else "info",
                title=f"Audit: {title.format(share=f'{now:.0%}')}",
                evidence=f"Median of the last {len(recent)} points; {median(course.value):.0%} "
                "over the whole attempt.",
                advice=advice,
                begin=int(course.step[at]),
                end=int(course.step[-1]),
                since=series.time_of(course.step[at]),
                metric=metric,
                facts={"share": round(now, 4), "of_all": round(median(course.value), 4)},
            )
        ]

    return look


def _reward_stalls(subject: Subject) -> bool:
    """Whether the reward gained nothing in the latter half. Raises NothingToSee."""
    _, course = subject.need_course("reward", int(LEAST.value))
    first, last = _halves(course.value)
    error = 1.25 * noise(course.value) * np.sqrt(1.0 / len(first) + 1.0 / len(last))
    return bool(median(last) - median(first) <= STALLED.value * error)


def _halves(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The third and the last quarter."""
    quarter = max(len(values) // 4, 3)
    return values[-2 * quarter : -quarter], values[-quarter:]


def look_entropy(subject: Subject) -> list[Finding]:
    """An entropy that is nearly gone while the reward stalls."""
    series, course = subject.need_course("entropy", int(LEAST.value))
    values = course.value
    start, now = median(values[:5]), median(values[-int(RECENT.value) :])
    if not 0.0 <= now < TENTH.value * start or not _reward_stalls(subject):
        return []
    below = values < TENTH.value * start
    at = len(below) - int(np.argmin(below[::-1])) if not below.all() else 0
    at = min(at, len(values) - 1)
    return [
        Finding(
            severity="warning",
            title="Audit: the entropy has collapsed and the reward stalls",
            evidence=f"{start:.3g} at its start, {now:.3g} now; the reward gained nothing in the "
            "last half.",
            advice="An entropy bonus, a higher upper clip, or a higher sampling temperature.",
            begin=int(course.step[at]),
            end=int(course.step[-1]),
            since=series.time_of(course.step[at]),
            metric="entropy",
            facts={"start": start, "now": now},
        )
    ]


def look_kl(subject: Subject) -> list[Finding]:
    """A divergence that rises while the reward does not."""
    series, course = subject.need_course("kl", int(LEAST.value))
    before, after = (median(half) for half in _halves(course.value))
    if not (after > KL_LEAST.value and after > KL_TIMES.value * max(before, 0.0)):
        return []
    if not _reward_stalls(subject):
        return []
    at = len(course) * 3 // 4
    return [
        Finding(
            severity="warning",
            title="Audit: the divergence from the reference rises, the reward does not",
            evidence=f"{before:.3g} in the third quarter, {after:.3g} in the last; the reward "
            "gained nothing meanwhile.",
            advice="A larger weight of the divergence, a lower rate, or a look at answers that the "
            "reward likes too well.",
            begin=int(course.step[at]),
            end=int(course.step[-1]),
            since=series.time_of(course.step[at]),
            metric="kl",
            facts={"before": before, "after": after},
        )
    ]


def look_gap(subject: Subject) -> list[Finding]:
    """Probabilities of the sampler that differ from the trainer's."""
    series, course = subject.need_course("sampler_gap", int(LEAST.value))
    now = median(np.abs(course.value[-int(RECENT.value) :]))
    if now <= GAP.value:
        return []
    at = max(len(course) - int(RECENT.value), 0)
    return [
        Finding(
            severity="warning" if now > GAP_MUCH.value else "info",
            title="Audit: trainer and sampler do not agree",
            evidence=f"Their log-probabilities of the same tokens differ by {now:.3g} in the "
            f"median of the last {len(course) - at} points.",
            advice="See that the sampler has the newest weights and the same precision, or correct "
            "by importance sampling.",
            begin=int(course.step[at]),
            end=int(course.step[-1]),
            since=series.time_of(course.step[at]),
            metric="sampler_gap",
            facts={"gap": round(now, 5)},
        )
    ]


_METHOD = "The median of the last {recent} points is above {%s}; above {%s} it is a warning."
_SILENT = "It is not logged; fewer than {least} points."
GROUPS_WITHOUT_VARIANCE = Rule(
    id="groups_without_variance",
    says="Many groups of answers have one and the same reward.",
    why="They give no gradient: what was sampled for them is thrown away.",
    method=_METHOD % ("flat_groups", "flat_most"),
    silent=_SILENT,
    false_alarms="A trainer that leaves such groups out and samples others.",
    look=_share(
        "groups_without_variance",
        FLAT_GROUPS,
        FLAT_MOST,
        "{share} of the groups have no variance in their rewards",
        "Harder or easier prompts, more answers a group, or leave these groups out (DAPO).",
    ),
    needs=("groups_without_variance",),
    parameters=(RECENT, FLAT_GROUPS, FLAT_MOST, LEAST),
)
ANSWERS_CUT_OFF = Rule(
    id="answers_cut_off",
    says="Many answers reach the longest length and are cut off.",
    why="An answer without an end gets a wrong reward.",
    method=_METHOD % ("cut", "cut_much"),
    silent=_SILENT,
    false_alarms="A budget of tokens that is meant to cut.",
    look=_share(
        "answers_cut_off",
        CUT,
        CUT_MUCH,
        "{share} of the answers are cut off",
        "A larger length, a penalty for length, or leave them out of the loss.",
    ),
    needs=("answers_cut_off",),
    parameters=(RECENT, CUT, CUT_MUCH, LEAST),
)
CLIP_FRACTION_HIGH = Rule(
    id="clip_fraction_high",
    says="Many updates are clipped.",
    why="The policy moves further than its trust region in one round of updates.",
    method=_METHOD % ("clipped", "clipped_much"),
    silent=_SILENT,
    false_alarms="Several epochs over the same samples on purpose.",
    look=_share(
        "clip_fraction",
        CLIPPED,
        CLIPPED_MUCH,
        "{share} of the updates are clipped",
        "A lower rate, fewer epochs over the same samples, or larger batches.",
    ),
    needs=("clip_fraction",),
    parameters=(RECENT, CLIPPED, CLIPPED_MUCH, LEAST),
)
ENTROPY_COLLAPSE = Rule(
    id="entropy_collapse",
    says="The entropy of the policy is nearly gone while the reward stalls.",
    why="A policy that always does the same explores nothing.",
    method="The median of the last {recent} is below {tenth} of its start, and the reward gained "
    "less than {stalled} standard errors from the third to the last quarter.",
    silent="No entropy or no reward is logged; fewer than {least} points; the reward rises.",
    false_alarms="A task that is solved.",
    look=look_entropy,
    needs=("entropy", "reward"),
    parameters=(RECENT, TENTH, STALLED, LEAST),
)
KL_RISING = Rule(
    id="kl_rising",
    says="The divergence from the reference rises while the reward does not.",
    why="The policy leaves what it was without getting better by it.",
    method="The median of the last quarter is {kl_times} times that of the one before, and above "
    "{kl_least}; the reward gained less than {stalled} standard errors meanwhile.",
    silent="No divergence or no reward is logged; fewer than {least} points.",
    false_alarms="Estimators of the divergence with a heavy tail.",
    look=look_kl,
    needs=("kl", "reward"),
    parameters=(KL_TIMES, KL_LEAST, STALLED, LEAST),
)
SAMPLER_GAP = Rule(
    id="sampler_gap",
    says="The sampler's probabilities differ from the trainer's.",
    why="Then the data are not what the loss assumes, and trainings collapse late.",
    method=_METHOD % ("gap", "gap_much"),
    silent=_SILENT,
    false_alarms="Samples that are off-policy on purpose.",
    look=look_gap,
    needs=("sampler_gap",),
    parameters=(RECENT, GAP, GAP_MUCH, LEAST),
)

RULES = (
    GROUPS_WITHOUT_VARIANCE,
    ANSWERS_CUT_OFF,
    CLIP_FRACTION_HIGH,
    ENTROPY_COLLAPSE,
    KL_RISING,
    SAMPLER_GAP,
)
