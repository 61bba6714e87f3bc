"""A tiny model, trained by a loop of its own with Accelerate.

python with_accelerate.py OUTPUT_DIR '{"steps": 20, "learning_rate": 0.01, ...}'
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from accelerate import Accelerator

from tb_trainmon.logger.accelerate import TrainMonTracker

OUTPUT, OPTIONS = Path(sys.argv[1]), json.loads((sys.argv[2:] or ["{}"])[0])


def main() -> None:
    """Train once, as a person's script does."""
    start, runs = OPTIONS.get("start_step", 0), OPTIONS.get("runs", [])
    tracker = TrainMonTracker(OUTPUT, "tiny", start_step=start, runs=runs)
    accelerator = Accelerator(
        cpu=True, log_with=[tracker, *(["tensorboard"] if runs else [])], project_dir=OUTPUT
    )
    config = {"learning_rate": OPTIONS.get("learning_rate", 0.01), "max_train_steps": 20}
    accelerator.init_trackers("tb", config=config)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=config["learning_rate"])
    model, optimizer = accelerator.prepare(model, optimizer)
    for step in range(start + 1, OPTIONS.get("steps", 20) + 1):
        if step == OPTIONS.get("fail_at"):
            raise RuntimeError("out of memory, it pretends")
        loss = model(torch.ones(4)).square().mean()
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        accelerator.log({"train_loss": loss.item(), "note": "a text"}, step=step)
        if step % 10 == 0:
            accelerator.log({"val_loss": 2.0}, step=step)
            accelerator.save_state(str(OUTPUT / f"checkpoint-{step}"))
            if accelerator.is_main_process:
                log = accelerator.get_tracker("trainmon").tracker
                log.checkpoint(step, OUTPUT / f"checkpoint-{step}")
    if OPTIONS.get("end", True):
        accelerator.end_training()
    print("done", flush=True)


if __name__ == "__main__":
    main()
