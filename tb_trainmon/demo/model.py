"""The model: it sees a window of letters and says how likely each letter is to come next.

An embedding for every letter, two hidden layers with leaky ReLU, one output for every letter; and
dropout while it trains, because the text is short and would be learned by heart. Forward and
backward are written out; ``tests/demo`` checks the gradients against finite differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_trainmon.demo.text import Codes

Floats = npt.NDArray[np.floating[Any]]

#: Every weight of the model, or the gradient of the loss by every weight.
Weights = dict[str, Floats]

#: How much of a negative input passes. With none at all, units that are pushed far enough never
#: come back, and a too high learning rate ends in silence instead of a visible explosion.
LEAK = 0.1


@dataclass(frozen=True)
class Size:
    """How large the model is."""

    context: int = 10
    embedding: int = 24
    hidden: int = 256


@dataclass(frozen=True)
class Masks:
    """What dropout leaves of each layer in one step: 0, or a little more than 1."""

    embedded: Floats
    first: Floats
    second: Floats


@dataclass(frozen=True)
class _Seen:
    """What each layer said, kept for the way back."""

    embedded: Floats
    first: Floats
    second: Floats
    log_likelihoods: Floats


def new_weights(size: Size, letters: int, seed: int, dtype: npt.DTypeLike = np.float32) -> Weights:
    """Random weights, scaled so that no layer makes its input larger or smaller."""
    random = np.random.default_rng(seed)
    wide = size.context * size.embedding
    shapes = {
        "embedding": ((letters, size.embedding), 1.0),
        "first": ((wide, size.hidden), (2 / wide) ** 0.5),
        "first_bias": ((size.hidden,), 0.0),
        "second": ((size.hidden, size.hidden), (2 / size.hidden) ** 0.5),
        "second_bias": ((size.hidden,), 0.0),
        # Small, so that the first guess is "any letter" and the first loss log(letters).
        "output": ((size.hidden, letters), 0.1 / size.hidden**0.5),
        "output_bias": ((letters,), 0.0),
    }
    return {
        name: (random.standard_normal(shape) * scale).astype(dtype)
        for name, (shape, scale) in shapes.items()
    }


def new_masks(size: Size, batch: int, random: np.random.Generator) -> Masks:
    """Random masks for one batch: few of the letters are hidden, many of the hidden units."""

    def mask(width: int, dropped: float) -> Floats:
        kept = random.random((batch, width), dtype=np.float32) >= dropped
        return kept.astype(np.float32) / np.float32(1 - dropped)

    letters = np.repeat(mask(size.context, 0.1), size.embedding, axis=1)
    return Masks(letters, mask(size.hidden, 0.4), mask(size.hidden, 0.4))


def loss(weights: Weights, contexts: Codes, targets: Codes) -> float:
    """The mean surprise, in nats, at each of ``targets`` after its row of ``contexts``."""
    return _surprise(_forward(weights, contexts, None), targets)


def loss_and_gradients(
    weights: Weights, contexts: Codes, targets: Codes, masks: Masks | None = None
) -> tuple[float, Weights]:
    """The loss, and its gradient by every weight."""
    seen = _forward(weights, contexts, masks)
    return _surprise(seen, targets), _backward(weights, contexts, targets, seen, masks)


def _forward(weights: Weights, contexts: Codes, masks: Masks | None) -> _Seen:
    embedded: Floats = weights["embedding"][contexts].reshape(len(contexts), -1)
    embedded = embedded if masks is None else embedded * masks.embedded
    first = _leaky(embedded @ weights["first"] + weights["first_bias"])
    first = first if masks is None else first * masks.first
    second = _leaky(first @ weights["second"] + weights["second_bias"])
    second = second if masks is None else second * masks.second
    scores = second @ weights["output"] + weights["output_bias"]
    # Shifted before exp, which overflows above 88 in 32 bits.
    scores -= scores.max(axis=1, keepdims=True)
    log_likelihoods = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return _Seen(embedded, first, second, log_likelihoods)


def _leaky(layer: Floats) -> Floats:
    return np.where(layer > 0, layer, layer * LEAK)


def _slope(layer: Floats) -> Floats:
    # Of a layer's output: leaking keeps the sign, so it tells what the input was.
    return np.where(layer > 0, 1, LEAK).astype(layer.dtype)


def _surprise(seen: _Seen, targets: Codes) -> float:
    return -float(seen.log_likelihoods[np.arange(len(targets)), targets].mean())


def _backward(
    weights: Weights, contexts: Codes, targets: Codes, seen: _Seen, masks: Masks | None
) -> Weights:
    scores = np.exp(seen.log_likelihoods)
    scores[np.arange(len(targets)), targets] -= 1
    scores /= len(targets)
    second = (scores @ weights["output"].T) * _slope(seen.second)
    second = second if masks is None else second * masks.second
    first = (second @ weights["second"].T) * _slope(seen.first)
    first = first if masks is None else first * masks.first
    embedded = first @ weights["first"].T
    embedded = embedded if masks is None else embedded * masks.embedded
    return {
        "embedding": _by_letter(weights["embedding"], contexts, embedded),
        "first": seen.embedded.T @ first,
        "first_bias": first.sum(axis=0),
        "second": seen.first.T @ second,
        "second_bias": second.sum(axis=0),
        "output": seen.second.T @ scores,
        "output_bias": scores.sum(axis=0),
    }


def _by_letter(embedding: Floats, contexts: Codes, embedded: Floats) -> Floats:
    gradient = np.zeros_like(embedding)
    # A letter that occurs twice in a window is counted twice: "+=" with an index would not.
    np.add.at(gradient, contexts, embedded.reshape(*contexts.shape, -1))
    return gradient
