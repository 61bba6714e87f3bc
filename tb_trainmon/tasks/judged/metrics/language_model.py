"""Whether exp(loss) is a perplexity: only where the loss is a language model's likelihood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tb_trainmon.tasks.found.layout import Layout
from tb_trainmon.tasks.found.records import MODEL, MODEL_CONFIG, SideFiles, says_language_model
from tb_trainmon.tasks.judged.attempts.plan import Attempt
from tb_trainmon.tasks.judged.metrics.metric import Metric
from tb_trainmon.tasks.metric_names import normalized

# Loss tags that only language-model trainers write: Megatron, NeMo, torchtitan, maxtext.
_LANGUAGE_MODEL_LOSS = re.compile(
    r"(^|[/_])(lm|gpt)_loss$|^(reduced_train_loss|loss_metrics/global_avg_loss|learning/loss)$"
)
# Preference, reward and reinforcement learning: their loss is no likelihood; GRPO's is about 0.
_OTHER_AIMS = frozenset(
    {"reward", "kl", "policy_loss", "value_loss", "clip_fraction", "sampler_gap"}
    | {"groups_without_variance"}
)
_NO_LIKELIHOOD = re.compile(
    r"(^|/)(rewards?|logps|kl|rollout)(/|$)|(^|[/_])(reward|approx_kl|objective/kl)([/_]|$)"
)


def why_no_perplexity(
    layout: Layout, attempts: Sequence[Attempt], loss: Metric, side_files: SideFiles
) -> str | None:
    """Why exp(``loss``) is not shown as a fact, as a sentence; None if it is a perplexity."""
    if layout.rule.language_model is True:
        return None
    if _has_another_aim(attempts):
        return (
            "This task logs rewards or divergences: its loss is no likelihood, "
            "so exp(loss) would mean nothing."
        )
    if "component" in (loss.note or ""):
        return f"{loss.tag} is one component of the loss, so exp(loss) would mean nothing."
    if layout.rule.language_model is False:
        return "trainmon.toml says that this task trains no language model."
    if is_language_model(layout, attempts, loss, side_files):
        return None
    return (
        "Perplexity is exp(loss) of a language model, "
        "and nothing here says that this task trains one."
    )


def _has_another_aim(attempts: Sequence[Attempt]) -> bool:
    meant = {
        tag: facts.meaning
        for attempt in attempts
        for part in attempt.parts
        for tag, facts in part.tags.items()
    }
    return any(
        (meaning.metric in _OTHER_AIMS and meaning.proves) or _NO_LIKELIHOOD.search(normalized(tag))
        for tag, meaning in meant.items()
    )


def is_language_model(
    layout: Layout, attempts: Sequence[Attempt], loss: Metric, side_files: SideFiles
) -> bool:
    """Whether ``loss`` is the likelihood of a causal language model."""
    if _LANGUAGE_MODEL_LOSS.search(normalized(loss.tag)):
        return True
    if layout.table is not None and any(
        (attempt.config or {}).get("language_model") is True for attempt in layout.table.attempts
    ):
        return True
    if any(says_language_model(attempt.text(MODEL)) for attempt in attempts):
        return True
    return any(
        side_files.names_language_model(f"{checkpoint.path}/{MODEL_CONFIG}")
        for checkpoint in layout.checkpoints
    )
