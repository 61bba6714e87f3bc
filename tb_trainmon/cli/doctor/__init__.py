"""Say what of this environment and log directory makes the tab fail or lie, and what to do.

TensorBoard is started once on the log directory and asked what a browser asks first; with --url one
that runs already is asked, through whatever proxy lies in between. The exit code is 1 where
something fails, 0 otherwise, also where there are warnings.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterator

from rich.text import Text

from tb_trainmon.cli import exit_codes, screen
from tb_trainmon.cli.arguments import add_log_directory
from tb_trainmon.cli.doctor import environment, logs, server
from tb_trainmon.cli.doctor.finding import Finding, failed
from tb_trainmon.core.plain_text import plain
from tb_trainmon.routes.json_bytes import dumped

Check = Callable[[argparse.Namespace], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (environment.check, logs.check, server.check)
_SIGNS = {"good": ("✓", "+", "green"), "warning": ("!", "!", "yellow"), "bad": ("✗", "x", "red")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which log directory, and which TensorBoard."""
    parser.epilog = (__doc__ or "").partition("\n\n")[2]
    parser.add_argument(
        "--url",
        metavar="URL",
        help="a TensorBoard that runs, as the browser's address bar has it (one is started)",
    )
    parser.add_argument("--json", action="store_true", help="the findings as JSON")
    add_log_directory(parser)


def run(chosen: argparse.Namespace) -> int:
    """Look, and say what was found while it is found; gives the exit code."""
    found = []
    for finding in findings(chosen):
        found.append(finding)
        if not chosen.json:
            _show(finding)
    if chosen.json:
        answer = {"findings": [dataclasses.asdict(finding) for finding in found]}
        screen.console().file.write(dumped(answer).decode() + "\n")
    elif all(finding.level == "good" for finding in found):
        screen.show(screen.console(), Text("Nothing here keeps the tab from working."))
    bad = any(finding.level == "bad" for finding in found)
    return exit_codes.FAILED if bad else exit_codes.DONE


def findings(chosen: argparse.Namespace) -> Iterator[Finding]:
    """Of every check, also where one of them breaks on what it finds."""
    for check in CHECKS:
        yield from _found_by(check, chosen)


def _found_by(check: Check, chosen: argparse.Namespace) -> Iterator[Finding]:
    try:
        yield from check(chosen)
    except Exception as error:  # noqa: BLE001  what is broken is what is looked for
        yield failed(
            f"A check broke: {type(error).__name__}: {error}", "Please report it, with this line."
        )


def _show(finding: Finding) -> None:
    console = screen.console()
    sign, ascii_sign, style = _SIGNS[finding.level]
    line = Text(ascii_sign if console.options.ascii_only else sign, style=style)
    line.append(" " + plain(finding.what), style="default")
    shown = [line]
    if finding.todo:
        shown.append(Text("    " + plain(finding.todo)))
    screen.show(console, *shown)
