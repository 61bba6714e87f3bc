"""``trainmon``: TrainMon in a terminal. See docs/terminal.md.

A command is one line of COMMANDS and one module, which is imported when the command is given:
``add_arguments(parser)`` describes it, ``run(chosen)`` does it and gives the exit code.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tb_trainmon import __version__
from tb_trainmon.cli import exit_codes


@dataclass(frozen=True, slots=True)
class Command:
    """A command, the module that does it, and what ``--help`` says of it."""

    name: str
    module: str
    help: str


COMMANDS = (
    Command("status", "tb_trainmon.cli.status", "which tasks there are, and how each is doing"),
    Command("logs", "tb_trainmon.cli.logs", "the training log of a task"),
    Command("wait", "tb_trainmon.cli.wait", "wait until a task has completed, or come to a step"),
    Command("notify", "tb_trainmon.cli.notify", "tell people by mail, chat, ... what happens"),
    Command("export", "tb_trainmon.cli.export", "every point of a task, as CSV or Parquet"),
    Command("doctor", "tb_trainmon.cli.doctor", "what keeps the tab from working, and what to do"),
    Command("import", "tb_trainmon.importing.command", "take over trainings from before TrainMon"),
    Command("demo", "tb_trainmon.cli.demo", "train a small model live, with TensorBoard beside it"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    if not given:
        parser.print_help(sys.stderr)
        return exit_codes.USAGE
    _never_fail_to_encode()
    try:
        return _run(parser.parse_args(given))
    except KeyboardInterrupt:
        return exit_codes.INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has seen enough: `trainmon logs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.PIPE_CLOSED


def _run(chosen: argparse.Namespace) -> int:
    code: int = chosen.run(chosen)
    sys.stdout.flush()
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="trainmon",
        description="Watch trainings: by their event files, and by their companion database.",
        epilog="trainmon COMMAND --help tells more of a command.",
    )
    parser.add_argument("--version", action="version", version=f"trainmon {__version__}")
    commands = parser.add_subparsers(
        required=True, metavar="COMMAND", parser_class=_CommandParser, title="commands"
    )
    for command in COMMANDS:
        added = commands.add_parser(command.name, help=command.help, description=None)
        added.command = command
    return parser


class _CommandParser(argparse.ArgumentParser):
    """The parser of one command, which knows its arguments only when it is asked to parse."""

    command: Command

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        # Late: `trainmon --help` should not wait for NumPy.
        module = import_module(self.command.module)
        self.description = (module.__doc__ or "").partition("\n\n")[0].replace("``", "")
        module.add_arguments(self)
        self.set_defaults(run=module.run)
        return super().parse_known_args(args, namespace)


def _never_fail_to_encode() -> None:
    """Names that the terminal's encoding does not have are shown as escapes."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
