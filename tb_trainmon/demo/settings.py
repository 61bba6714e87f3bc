"""Everything that can be chosen about a training; the training log keeps it as the config."""

from __future__ import annotations

from dataclasses import dataclass

from tb_trainmon.demo.model import Size


@dataclass(frozen=True)
class Settings:
    """The parameters of one attempt. With the defaults it learns well; see ``demo_logs``."""

    total_steps: int = 8000
    batch_size: int = 64
    learning_rate: float = 1e-3
    warm_up_steps: int = 300
    #: "adam", or "descent" without any memory.
    optimizer: str = "adam"
    weight_decay: float = 0.1
    #: Steeper gradients are shortened to this; 0: they are not.
    clip_norm: float = 5.0
    seed: int = 0
    logging_steps: int = 10
    evaluation_steps: int = 300
    checkpoint_steps: int = 400
    #: Steps per second at most: it rests between steps, so that a laptop stays cool. 0: no rest.
    steps_per_second: float = 0.0
    context: int = Size.context
    embedding: int = Size.embedding
    hidden: int = Size.hidden

    def size(self) -> Size:
        """The size of the model."""
        return Size(self.context, self.embedding, self.hidden)
