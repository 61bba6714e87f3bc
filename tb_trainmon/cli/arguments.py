"""Arguments that several commands take."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def add_log_directory(parser: argparse.ArgumentParser) -> None:
    """Where the logs are: TensorBoard's words for it, and TrainMon's flags without their prefix."""
    group = parser.add_argument_group("where the logs are")
    either = group.add_mutually_exclusive_group()
    either.add_argument(
        "--logdir",
        metavar="DIR",
        default=".",
        type=_not_empty,
        help="the log directory, as for TensorBoard (the current folder)",
    )
    either.add_argument(
        "--logdir_spec",
        metavar="NAME:DIR,...",
        default=None,
        type=_not_empty,
        help="several log directories, as for TensorBoard",
    )
    group.add_argument(
        "--db",
        metavar="PATH",
        default="",
        help="SQLite file with the companion tables (every training_logs.db in the log directory). "
        "For another database set the environment variable TRAINMON_DB_URL.",
    )
    group.add_argument(
        "--config",
        metavar="FILE",
        default="",
        help="trainmon.toml to use (the one in the log directory, if there is one)",
    )


def add_interval(
    parser: argparse.ArgumentParser, usual: float, least: float, most: float, when: str = ""
) -> None:
    """How often to look; ``when`` that is done, if not always."""
    parser.add_argument(
        "--interval",
        metavar="SECONDS",
        type=seconds(least, most),
        default=usual,
        help=f"between two looks{when} ({usual:g})",
    )


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """The type of a whole number within bounds, which are errors and not clamps."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdecimal() and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")

    return parse


def seconds(least: float, most: float) -> Callable[[str], float]:
    """The type of a duration within bounds."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if least <= value <= most:
            return value
        raise argparse.ArgumentTypeError(f"{text!r} is not from {least:g} to {most:g} seconds")

    return parse


def _not_empty(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("it is empty; name a folder")
    return text
