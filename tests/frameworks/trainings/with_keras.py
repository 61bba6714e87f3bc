"""A tiny model, trained by Keras.

python with_keras.py OUTPUT_DIR '{"epochs": 2, "learning_rate": 0.01, ...}'
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tb_trainmon.logger.keras import TrainMonCallback

OUTPUT, OPTIONS = Path(sys.argv[1]), json.loads((sys.argv[2:] or ["{}"])[0])


class SaysWhereItIs(keras.callbacks.Callback):
    """Halts, and fails, when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        print(f"epoch {self.epoch} batch {batch}", flush=True)
        if (self.epoch, batch) == tuple(OPTIONS.get("halt_at", ())):
            time.sleep(600)  # a signal ends it
        if (self.epoch, batch) == tuple(OPTIONS.get("fail_at", ())):
            raise RuntimeError("out of memory, it pretends")


def main() -> None:
    """Train once, as a person's script does."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)], name="tiny")
    optimizer = keras.optimizers.Adam(OPTIONS.get("learning_rate", 0.01))
    model.compile(optimizer, loss="mse", metrics=["mae"])
    data = np.random.default_rng(0).normal(size=(48, 4))
    callbacks: list[Any] = [
        keras.callbacks.ModelCheckpoint(
            OUTPUT / "saved" / "{epoch:02d}.weights.h5", save_weights_only=True
        ),
        TrainMonCallback(OUTPUT, logging_steps=5, checkpoints=OUTPUT / "saved"),
        SaysWhereItIs(),
    ]
    if OPTIONS.get("stop_early"):
        callbacks.append(keras.callbacks.EarlyStopping("val_loss", min_delta=100.0, patience=1))
    model.fit(
        data,
        data[:, :1],
        batch_size=4,
        epochs=OPTIONS.get("epochs", 3),
        initial_epoch=OPTIONS.get("initial_epoch", 0),
        validation_data=(data, data[:, :1]),
        callbacks=callbacks,
        verbose=0,
    )
    print("done", flush=True)


if __name__ == "__main__":
    main()
