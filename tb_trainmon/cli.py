"""``trainmon``: TrainMon in a terminal."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tb_trainmon import __version__
from tb_trainmon.importing import command as import_command

DEFAULT_PORT = 6006
MOST_PORTS = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    chosen = _parser().parse_args(arguments)
    code: int = chosen.run(chosen)
    return code


def _demo(chosen: argparse.Namespace) -> int:
    # Late: `trainmon --help` should not wait for NumPy.
    from tb_trainmon.demo import show  # noqa: PLC0415
    from tb_trainmon.demo.settings import Settings  # noqa: PLC0415

    return show.run(chosen.logdir, chosen.port, chosen.steps or Settings.total_steps)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="trainmon", description="Watch trainings.")
    parser.add_argument("--version", action="version", version=f"trainmon {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="train a small model live, with TensorBoard beside it")
    demo.set_defaults(run=_demo)
    demo.add_argument(
        "--logdir",
        type=Path,
        default=Path("trainmon_demo"),
        help="the log directory; the training writes below its folder 'live' (./trainmon_demo)",
    )
    demo.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help=f"TensorBoard's port ({DEFAULT_PORT})"
    )
    demo.add_argument("--steps", type=_steps, help="steps of training (8000: eleven minutes)")
    import_command.add_to(commands)
    return parser


def _port(text: str) -> int:
    return _between(text, 0, MOST_PORTS)


def _steps(text: str) -> int:
    return _between(text, 1, 10**9)


def _between(text: str, lowest: int, highest: int) -> int:
    if text.isascii() and text.isdecimal() and lowest <= int(text) <= highest:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from {lowest} to {highest}")


if __name__ == "__main__":
    raise SystemExit(main())
