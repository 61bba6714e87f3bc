"""What a training's parameters say of a PyTorch model."""

from __future__ import annotations

import re
from typing import Any

_LANGUAGE_MODEL = re.compile(r"\w+(ForCausalLM|LMHeadModel)")


def of_model(model: Any) -> dict[str, Any]:
    """Its class, how many parameters it has, and whether exp(loss) is a perplexity."""
    if model is None:
        return {}
    facts = {
        "model": type(model).__name__,
        "parameters": sum(parameters.numel() for parameters in model.parameters()),
    }
    # Often wrapped: by PEFT, by a LightningModule.
    kinds = {type(module).__name__ for module in model.modules()}
    is_language_model = any(_LANGUAGE_MODEL.fullmatch(kind) for kind in kinds)
    return facts | ({"language_model": True} if is_language_model else {})
