"""Tell people of their tasks: what ended, failed, fell silent, went wrong or takes longer.

Looks at what the tab reads, and needs no browser and no TensorBoard. An address is one of those
of apprise (mailto://, slack://, ntfy://, tgram://, json://, ...) and holds secrets: keep it in a
file that only you can read (--to file:PATH, an address a line) or in the environment (--to
env:NAME; TRAINMON_NOTIFY_TO without --to). What was told is remembered, so that a restart tells
nothing twice. Which news is sent may be said by [[notify]] tables in trainmon.toml: docs/notify.md.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType

from tb_trainmon.cli import exit_codes, screen, words
from tb_trainmon.cli.arguments import add_interval, add_log_directory
from tb_trainmon.cli.asking import open_tasks
from tb_trainmon.core.errors import ConfigUnreadable
from tb_trainmon.notifying.addresses import VARIABLE, Address, BadAddress, addresses_from, is_plain
from tb_trainmon.notifying.apprise_sender import Apprise
from tb_trainmon.notifying.letters import Letter, letter_of
from tb_trainmon.notifying.memory import BadMemory, Memory
from tb_trainmon.notifying.news import SETTLED, News
from tb_trainmon.notifying.notifier import Notifier
from tb_trainmon.notifying.picture import picture_of
from tb_trainmon.notifying.postman import Postman
from tb_trainmon.notifying.rules import read_rules
from tb_trainmon.tasks.service import Tasks

_log = logging.getLogger("trainmon.notify")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom to tell, how often to look."""
    parser.epilog = (__doc__ or "").partition("\n\n")[2]
    parser.add_argument(
        "--to",
        metavar="ADDRESS",
        action="append",
        default=[],
        help="file:PATH, env:NAME or an address itself; may be repeated (env:TRAINMON_NOTIFY_TO)",
    )
    parser.add_argument(
        "--link", metavar="URL", help="where your TensorBoard is, for links to the exact view"
    )
    add_interval(parser, 15.0, 1, 86400)
    parser.add_argument(
        "--memory", metavar="FILE", type=Path, help="where to keep what was told (a file of yours)"
    )
    parser.add_argument("--once", action="store_true", help="look once, tell, and end: for cron")
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--dry-run", action="store_true", help="print what would be told; send and remember nothing"
    )
    either.add_argument(
        "--test", action="store_true", help="send a letter to each address, and end"
    )
    add_log_directory(parser)


def run(chosen: argparse.Namespace) -> int:
    """Tell until Ctrl-C; gives the exit code."""
    if any(is_plain(to) for to in chosen.to):
        _begin_anew(chosen)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(message)s", level=logging.INFO)
    try:
        if chosen.dry_run:
            return _dry_run(chosen)
        addresses = addresses_from(chosen.to, os.environ)
        senders = {address: Apprise(address) for address in addresses}
        if chosen.test:
            return _test(senders)
        return _tell(chosen, senders)
    except (BadAddress, BadMemory, ConfigUnreadable) as error:
        screen.complain(str(error))
        return exit_codes.USAGE


def _begin_anew(chosen: argparse.Namespace) -> None:
    """Take addresses out of the command line, where ``ps`` shows them to everybody.

    The process goes on as the same one, with the addresses in its environment, which only its owner
    can read. Does not return where there is such a thing as replacing a process.
    """
    plain = [to for to in chosen.to if is_plain(to)]
    if os.name != "posix" or any(" " in to for to in plain):
        return
    variable = f"{VARIABLE}_GIVEN"
    os.environ[variable] = " ".join(plain)
    kept, arguments = list(sys.argv[1:]), []
    while kept:
        argument = kept.pop(0)
        if argument == "--to" and kept and is_plain(kept[0]):
            kept.pop(0)
        elif not (argument.startswith("--to=") and is_plain(argument[len("--to=") :])):
            arguments.append(argument)
    flags = [f"-W{option}" for option in sys.warnoptions]
    command = [
        sys.executable,
        *flags,
        "-m",
        "tb_trainmon.cli",
        *arguments,
        "--to",
        f"env:{variable}",
    ]
    os.execv(sys.executable, command)  # noqa: S606  ourselves, with our own arguments


def _dry_run(chosen: argparse.Namespace) -> int:
    memory = Memory(_memory_file(chosen), writes=False)
    notifier = _notifier(chosen, open_tasks(chosen), memory, [])
    console = screen.console()

    def show(news: Sequence[News]) -> None:
        for one in news:
            letter = letter_of([one], chosen.link)
            for line in (f"{words.date_time(one.at)}  {letter.title}", *letter.body.splitlines()):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
        console.file.flush()

    return _look_again_and_again(chosen, notifier, show)


def _test(senders: dict[Address, Apprise]) -> int:
    letter = Letter("TrainMon: a test", "This is what TrainMon's letters will look like.")
    refusals = 0
    for address, send in senders.items():
        refused = send(letter)
        refusals += refused is not None
        screen.complain(f"{address.name}: {refused or 'taken'}.")
    return exit_codes.FAILED if refusals else exit_codes.DONE


def _tell(chosen: argparse.Namespace, senders: dict[Address, Apprise]) -> int:
    memory = Memory(_memory_file(chosen))
    keys = [address.key for address in senders]
    service = open_tasks(chosen)
    notifier = _notifier(chosen, service, memory, keys)
    draw = partial(picture_of, service)
    postmen = [
        Postman(address, send, memory, time.time, chosen.link, draw)
        for address, send in senders.items()
    ]
    for postman in postmen:
        postman.start()

    def wake(news: Sequence[News]) -> None:
        for one in news:
            _log.info("%s", letter_of([one], None).title)
        for postman in postmen:
            postman.wake()

    if not chosen.once:
        names = ", ".join(address.name for address in senders)
        _log.info("TrainMon tells %s; Ctrl-C ends it.", names)
    code = _look_again_and_again(chosen, notifier, wake)
    return _last_letters(memory, keys, code) if chosen.once else code


def _last_letters(memory: Memory, keys: Sequence[str], code: int) -> int:
    """Wait a while for what is due to be taken; the rest is told the next time."""
    until = time.monotonic() + 60.0
    while time.monotonic() < until:
        if not any(memory.due(key, time.time()) for key in keys):
            break
        time.sleep(0.1)
    left = sum(len(memory.due(key, float("inf"))) for key in keys)
    if left:
        _log.warning("%s: told the next time.", words.plural(left, "letter"))
    return code


def _look_again_and_again(
    chosen: argparse.Namespace, notifier: Notifier, tell: Callable[[Sequence[News]], None]
) -> int:
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    while True:
        try:
            tell(notifier.look())
        except BadMemory as error:
            _log.error("%s", error)
        if not notifier.is_settled:
            pause = SETTLED + 0.1
        elif chosen.once:
            return exit_codes.DONE
        else:
            pause = chosen.interval
        if ended.wait(pause):
            return exit_codes.DONE


def _notifier(
    chosen: argparse.Namespace, service: Tasks, memory: Memory, keys: Sequence[str]
) -> Notifier:
    rules = read_rules(chosen.config or None, None if chosen.logdir_spec else chosen.logdir)
    return Notifier(service, memory, rules, keys, time.time)


def _memory_file(chosen: argparse.Namespace) -> Path:
    """One file for each place that is watched, among the user's own: nothing in a log directory."""
    if chosen.memory is not None:
        return Path(chosen.memory)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    logs = chosen.logdir_spec or (
        chosen.logdir if "://" in chosen.logdir else str(Path(chosen.logdir).resolve())
    )
    name = hashlib.blake2b(f"{logs}\0{chosen.db}".encode(), digest_size=8).hexdigest()
    return Path(state) / "trainmon" / f"told-{name}.json"
