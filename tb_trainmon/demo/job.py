"""The training job as a program: ``python -m tb_trainmon.demo.job --logdir DIR --task NAME``.

It ends like any other: with 0 when it is complete, 1 and a sentence when it has failed, 130 on
Ctrl-C. Run again with ``--resume`` it goes on from its latest checkpoint.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tb_trainmon.demo import checkpoints
from tb_trainmon.demo.checkpoints import Checkpoint
from tb_trainmon.demo.settings import Settings
from tb_trainmon.demo.training import Training
from tb_trainmon.logger import TaskLogger

FAILED, INTERRUPTED = 1, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one attempt; gives the exit code."""
    chosen = _parser().parse_args(arguments)
    settings = Settings(**{f.name: getattr(chosen, f.name) for f in dataclasses.fields(Settings)})
    folder = Path(chosen.logdir) / chosen.task / "checkpoints"
    start = _start(folder, settings, chosen.resume)
    try:
        with _logger(chosen, settings, start) as log:
            Training(settings, folder, start).run(log)
    except KeyboardInterrupt:
        return INTERRUPTED
    except FloatingPointError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    return 0


def _start(folder: Path, settings: Settings, resume: bool) -> Checkpoint | None:
    found = checkpoints.latest(folder) if resume else None
    if found is not None and found.step < settings.total_steps and _fits(found, settings):
        return found
    checkpoints.clear(folder)
    return None


def _fits(checkpoint: Checkpoint, settings: Settings) -> bool:
    wide = settings.context * settings.embedding
    first = checkpoint.weights.get("first", np.empty(0))
    return first.shape == (wide, settings.hidden)


def _logger(chosen: argparse.Namespace, settings: Settings, start: Checkpoint | None) -> TaskLogger:
    return TaskLogger(
        chosen.logdir,
        chosen.task,
        name=chosen.name,
        total_steps=settings.total_steps,
        logging_steps=settings.logging_steps,
        start_step=0 if start is None else start.step,
        config=dataclasses.asdict(settings),
        framework=f"NumPy {np.__version__}",
        table=not chosen.no_table,
        host=chosen.host,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tb_trainmon.demo.job", description=__doc__)
    parser.add_argument("--logdir", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--name", help="what to call the task in the tab")
    parser.add_argument("--host", help="what to call this machine in the logs")
    parser.add_argument("--resume", action="store_true", help="go on from the latest checkpoint")
    parser.add_argument("--no-table", action="store_true", help="write event files only")
    for field in dataclasses.fields(Settings):
        option = "--" + field.name.replace("_", "-")
        parser.add_argument(option, type=type(field.default), default=field.default)
    return parser


if __name__ == "__main__":
    sys.exit(main())
