"""Train a small model live, with TensorBoard beside it; Ctrl-C ends both."""

from __future__ import annotations

import argparse
from pathlib import Path

from tb_trainmon.cli.arguments import whole_number
from tb_trainmon.demo import show
from tb_trainmon.demo.settings import Settings

DEFAULT_PORT = 6006
MOST_PORTS = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to train, how long, and where to look."""
    parser.add_argument(
        "--logdir",
        type=Path,
        default=Path("trainmon_demo"),
        help="the log directory; the training writes below its folder 'live' (./trainmon_demo)",
    )
    parser.add_argument(
        "--port",
        type=whole_number(0, MOST_PORTS),
        default=DEFAULT_PORT,
        help=f"TensorBoard's port ({DEFAULT_PORT})",
    )
    parser.add_argument(
        "--steps", type=whole_number(1, 10**9), help="steps of training (8000: eleven minutes)"
    )


def run(chosen: argparse.Namespace) -> int:
    """Stay until told to end; gives the exit code."""
    return show.run(chosen.logdir, chosen.port, chosen.steps or Settings.total_steps)
