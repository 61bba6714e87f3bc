"""A tiny model, trained by Lightning.

    python with_lightning.py OUTPUT_DIR '{"max_epochs": 2, "LEARNING_RATE": 0.01, ...}'

Options in lower case are the Trainer's; those in upper case are this script's own.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import warnings
from typing import Any

import torch

OUTPUT, OPTIONS = sys.argv[1], json.loads((sys.argv[2:] or ["{}"])[0])

if OPTIONS.get("OLD_NAME"):
    import pytorch_lightning as pl
    from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
else:
    import lightning.pytorch as pl
    from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint

from tb_trainmon.logger.lightning import TrainMonCallback  # noqa: E402

ARGUMENTS = {
    "max_epochs": 4,
    "log_every_n_steps": 5,
    "accelerator": "cpu",
    "enable_progress_bar": False,
    "enable_model_summary": False,
}


class Tiny(pl.LightningModule):
    """One layer; says where it is; halts and fails when it is told to."""

    def __init__(self, learning_rate: float) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(4, 1)

    def training_step(self, batch: Any, _index: int) -> Any:
        print(f"step {self.global_step}", flush=True)
        while self.global_step == OPTIONS.get("HALT_AT") and not self.trainer.received_sigterm:
            time.sleep(0.05)  # Ctrl-C ends it too
        if self.global_step == OPTIONS.get("FAIL_AT"):
            raise RuntimeError("out of memory, it pretends")
        loss = self.layer(batch).square().mean()
        if not OPTIONS.get("LOG_NOTHING"):
            self.log("train_loss", loss, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch: Any, _index: int) -> None:
        self.log("val_loss", self.layer(batch).square().mean())

    def configure_optimizers(self) -> Any:
        return torch.optim.Adam(self.parameters(), lr=self.hparams["learning_rate"])


def main() -> None:
    """Train once, as a person's script does."""
    warnings.simplefilter("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    torch.manual_seed(0)
    data = torch.utils.data.DataLoader(torch.randn(40, 4), batch_size=4)
    callbacks: list[Any] = [TrainMonCallback(), ModelCheckpoint(save_last=True)]
    if "PATIENCE" in OPTIONS:
        callbacks.append(EarlyStopping("val_loss", min_delta=10.0, patience=OPTIONS["PATIENCE"]))
    given = {name: value for name, value in OPTIONS.items() if name.islower()}
    arguments = {**ARGUMENTS, "default_root_dir": OUTPUT, "callbacks": callbacks, **given}
    trainer = pl.Trainer(**arguments)
    model = Tiny(OPTIONS.get("LEARNING_RATE", 0.01))
    trainer.fit(model, data, data, ckpt_path=OPTIONS.get("RESUME"))
    print("done", flush=True)


if __name__ == "__main__":
    main()
