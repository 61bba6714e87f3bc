"""A tiny language model, trained offline by Hugging Face's Trainer.

    python with_transformers.py OUTPUT_DIR '{"learning_rate": 0.01, ...}'

Options in lower case are TrainingArguments; those in upper case are this script's own.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import torch
from transformers import (
    EarlyStoppingCallback,
    GPT2Config,
    GPT2LMHeadModel,
    Trainer,
    TrainingArguments,
)

from tb_trainmon.logger.transformers import TrainMonCallback

ARGUMENTS = {
    "max_steps": 60,
    "logging_steps": 5,
    "eval_strategy": "steps",
    "eval_steps": 10,
    "save_steps": 10,
    "per_device_train_batch_size": 4,
    "learning_rate": 1e-3,
    "disable_tqdm": True,
    "use_cpu": True,
    "report_to": "none",
}

VOCABULARY, LENGTH = 20, 8
FOR_EVER = 600


class Sentences(torch.utils.data.Dataset[dict[str, Any]]):
    """Random ones, always the same."""

    def __len__(self) -> int:
        return 64

    def __getitem__(self, index: int) -> dict[str, Any]:
        random = torch.Generator().manual_seed(index)
        tokens = torch.randint(0, VOCABULARY, (LENGTH,), generator=random)
        return {"input_ids": tokens, "labels": tokens}


class SlowTrainer(Trainer):
    """Says where it is; waits, halts and fails when it is told to."""

    own: dict[str, Any]

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        step = self.state.global_step
        print(f"step {step}", flush=True)
        if step == 0 and "GATE" in self.own:
            while not Path(self.own["GATE"]).exists():
                time.sleep(0.01)
        if step == self.own.get("HALT_AT"):
            time.sleep(FOR_EVER)  # a signal ends it
        if step == self.own.get("FAIL_AT"):
            raise RuntimeError("out of memory, it pretends")
        return super().training_step(*args, **kwargs)


def model() -> Any:
    """A few thousand parameters."""
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=VOCABULARY,
            n_positions=LENGTH,
            n_embd=16,
            n_layer=1,
            n_head=2,
            bos_token_id=0,
            eos_token_id=0,
        )
    )


def trainer(output: str, options: dict[str, Any], callbacks: list[Any]) -> Any:
    """A trainer that is ready to begin."""
    torch.manual_seed(0)
    given = {name: value for name, value in options.items() if name.islower()}
    args = TrainingArguments(**{"output_dir": output, **ARGUMENTS, **given})
    if "PATIENCE" in options:
        callbacks = [*callbacks, EarlyStoppingCallback(options["PATIENCE"], 10.0)]
    data = Sentences()
    made = SlowTrainer(
        model=model(), args=args, train_dataset=data, eval_dataset=data, callbacks=callbacks
    )
    made.own = options
    return made


def main() -> None:
    """Train once, as a person's script does."""
    output, options = sys.argv[1], json.loads((sys.argv[2:] or ["{}"])[0])
    if options.get("OWN_HOOK"):
        sys.excepthook = lambda kind, *_: print(f"my own hook saw {kind.__name__}", flush=True)
    callback = TrainMonCallback()
    if options.get("BREAK_CALLBACK"):
        callback._session.record = lambda *_: 1 / 0  # type: ignore[method-assign,assignment]
    made = trainer(output, options, [callback])
    try:
        made.train(resume_from_checkpoint=options.get("RESUME"))
    except RuntimeError:
        if not options.get("CATCH"):
            raise
    print("done", flush=True)


if __name__ == "__main__":
    main()
