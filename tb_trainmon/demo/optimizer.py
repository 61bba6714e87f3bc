"""How the weights follow the gradients: clipping, then Adam or plain descent."""

from __future__ import annotations

import numpy as np

from tb_trainmon.demo.model import Weights

FADING, SQUARE_FADING, EPSILON = 0.9, 0.99, 1e-8


def norm(gradients: Weights) -> float:
    """The L2 norm of all gradients together."""
    return float(np.sqrt(sum(float(np.vdot(part, part)) for part in gradients.values())))


def clip(gradients: Weights, gradient_norm: float, limit: float) -> None:
    """Shorten ``gradients``, whose norm is given, to ``limit``; their direction stays."""
    if gradient_norm > limit:
        for name in gradients:
            gradients[name] *= limit / gradient_norm


class Adam:
    """Adam (Kingma and Ba, 2015), with decoupled weight decay."""

    def __init__(self, weights: Weights, weight_decay: float = 0.0) -> None:
        self.mean = {name: np.zeros_like(part) for name, part in weights.items()}
        self.square = {name: np.zeros_like(part) for name, part in weights.items()}
        self._weight_decay = weight_decay

    def update(self, weights: Weights, gradients: Weights, rate: float, step: int) -> None:
        """Change ``weights`` in place. ``step`` counts from 1."""
        # Both averages begin at zero and are too small at first; this undoes it.
        scale = rate * (1 - SQUARE_FADING**step) ** 0.5 / (1 - FADING**step)
        for name, gradient in gradients.items():
            mean, square = self.mean[name], self.square[name]
            mean += (1 - FADING) * (gradient - mean)
            square += (1 - SQUARE_FADING) * (gradient * gradient - square)
            weights[name] *= 1 - rate * self._weight_decay
            weights[name] -= scale * mean / (np.sqrt(square) + EPSILON)


class Descent:
    """Plain gradient descent: nothing holds it back if the learning rate is too high."""

    def __init__(self) -> None:
        self.mean: Weights = {}
        self.square: Weights = {}

    def update(self, weights: Weights, gradients: Weights, rate: float, step: int) -> None:  # noqa: ARG002  (as Adam's)
        """Change ``weights`` in place."""
        for name, gradient in gradients.items():
            weights[name] -= rate * gradient
