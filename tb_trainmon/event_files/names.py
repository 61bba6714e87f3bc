"""What the name of an event file says: when, where and by which process it was made.

    events.out.tfevents.<unix>.<host>.<pid>.<uid><suffix>   torch, TensorBoard; TF2 with ".v2"
    events.out.tfevents.<unix>.<host><suffix>               tensorboardX, TF1

Hosts hold dots, underscores and any letter, so a name is taken apart from the right. TensorBoard
opens every file with "tfevents" in its name (``io_wrapper.IsSummaryEventsFile``); so does this
room, except for files that are known to hold no events.
"""

from __future__ import annotations

import re
import sys

from tb_trainmon.core.record import record

_MARK = "tfevents"
# Written beside event files by the profiler and by TF1's graph writer; neither holds events.
_NO_EVENTS = (".profile-empty", ".meta")
_CREATED = re.compile(r"\.(?P<created>[0-9]{1,15})(?:\.(?P<rest>.+))?", re.DOTALL)
# Numbers that no writer gives (no time, no 64 bits) are a part of the name like any other.
# A greedy host makes the pair of numbers furthest to the right the process and the writer.
_PROCESS = re.compile(
    r"(?P<host>.+)\.(?P<pid>[0-9]{1,18})\.(?P<uid>[0-9]{1,18})(?P<suffix>(?:[^0-9].*)?)", re.DOTALL
)
_IP_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
# Without a process in between, only these are told apart from a host name that holds a dot.
_HOST_SUFFIX = re.compile(r"(?P<host>.+?)(?P<suffix>\.v2|\.rank[0-9]+)?", re.DOTALL)


@record(frozen=True, slots=True)
class EventFileName:
    """The parts of an event file's name; a part that the name does not have is None.

    ``created`` is in seconds since the epoch, by the writer's clock. ``pid`` is meaningful on
    ``host`` alone; ``uid`` counts the writers of one process. ``suffix`` is what the user asked
    for or the writer adds, with its dot: ".rank0", ".v2", "".
    """

    created: float | None
    host: str | None
    pid: int | None
    uid: int | None
    suffix: str


def parse_name(name: str) -> EventFileName | None:
    """The parts of ``name``, a file name without its folder; None if it names no event file.

    Hidden files are none: rsync calls its unfinished copies ``.<name>.<random>``, and reading
    one beside the file itself would show every point twice.
    """
    at = name.find(_MARK)
    if at < 0 or name.startswith(".") or name.endswith(_NO_EVENTS):
        return None
    tail = name[at + len(_MARK) :]
    match = _CREATED.fullmatch(tail)
    if match is None:
        return EventFileName(None, None, None, None, tail)
    return _after_the_time(float(match["created"]), match["rest"])


def _after_the_time(created: float, rest: str | None) -> EventFileName:
    if rest is None:
        return EventFileName(created, None, None, None, "")
    match = _PROCESS.fullmatch(rest)
    # A bare address would read as host 10.0, process 0, writer 5.
    if match and not _IP_ADDRESS.fullmatch(rest):
        # One host of thousands of files is one text.
        host, pid, uid = sys.intern(match["host"]), int(match["pid"]), int(match["uid"])
        return EventFileName(created, host, pid, uid, sys.intern(match["suffix"]))
    match = _HOST_SUFFIX.fullmatch(rest)
    assert match is not None  # ``rest`` is not empty, and the pattern takes any text
    return EventFileName(created, sys.intern(match["host"]), None, None, match["suffix"] or "")


def presentable(path: str) -> str:
    """``path`` as text that any encoder takes: bytes that are no UTF-8 become U+FFFD.

    Python carries such bytes of a file name as lone surrogates, which neither UTF-8 nor JSON has.
    """
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
