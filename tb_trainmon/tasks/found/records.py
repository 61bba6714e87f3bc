"""Small files that frameworks write beside the event files, and how they are read.

Which of them tell a total is the table's to say (``total_names.json``); what they claim is read
out of them by ``found/claims.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from tb_trainmon.core.json_text import decoded, shallow
from tb_trainmon.core.plain_text import excerpt
from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import Disk, FileState, LocalDisk
from tb_trainmon.event_files.inside import InsideDisk
from tb_trainmon.tasks.found.total_names import total_names

ARGUMENTS = "args/text_summary"
MODEL = "model_config/text_summary"
TRAINER_STATE = "trainer_state.json"
ERROR_FILE = "error.txt"
MODEL_CONFIG = "config.json"
_OTHERS = frozenset({ERROR_FILE, TRAINER_STATE, "training_logs.db"})
CHECKPOINT = re.compile(r"checkpoint-([0-9]{1,18})")  # a step has 64 bits
_LARGEST_CONFIG = 4 << 20  # bytes of a model's configuration
_TAIL = 1 << 16  # bytes; holds the last lines of any log, and what follows a trainer's history
_LONG_TAIL = 16 << 20  # ... where the last of them say nothing
_LARGEST_TOTAL = 1 << 53  # what JSON's readers can count to
_LANGUAGE_MODEL = re.compile(r"(?<=\w)(?:ForCausalLM|LMHeadModel)\b")
_ON_A_LINE = re.compile(r"^\s*(\w+)\s*[:=]\s*(\d[\d_.]*)\s*$", re.MULTILINE)
_IN_STATE = re.compile(r'"max_steps":\s*(\d+)')


def is_interesting(name: str) -> bool:
    """Which files the scan should remember besides event files."""
    return name in total_names().files or name in _OTHERS


def parse_object(text: str | None) -> dict[str, Any] | None:
    """The JSON object in ``text``; None if it holds none."""
    value = shallow(decoded(text)) if text else None
    return value if isinstance(value, dict) else None


def whole_number(value: object) -> int | None:
    """``value`` as a positive whole number; None if it is not one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.replace(",", "").replace("_", "")
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return int(number) if 0 < number < _LARGEST_TOTAL and number.is_integer() else None


def says_language_model(text: str | None) -> bool:
    """Whether a model's configuration names a causal language model."""
    return _LANGUAGE_MODEL.search(text or "") is not None


class SideFiles:
    """What small files beside the event files say, read once for each state they are seen in.

    Regular files are read that lie inside one of ``roots``, the log directories (absolute paths),
    and of each no more than is looked for: see ``InsideDisk``.
    """

    def __init__(self, disk: Disk | None = None, roots: Sequence[str] = ()) -> None:
        self._disk = InsideDisk(disk or LocalDisk(), roots)
        self._seen: dict[str, tuple[FileState, object]] = {}

    def yaml(self, path: str) -> dict[str, Any] | None:
        """The mapping in a YAML file; None where there is none."""
        value = self._cached(path, _mapping_in)
        return value if isinstance(value, dict) else None

    def last_line(self, path: str) -> dict[str, Any] | None:
        """The object in the last whole line of a JSON Lines file."""
        value = self._cached(path, _last_object_in)
        return value if isinstance(value, dict) else None

    def numbers(self, path: str) -> dict[str, Any] | None:
        """What stands on lines of a name and a number, by name; of one name, the first."""
        value = self._cached(path, _numbers_in)
        return value if isinstance(value, dict) else None

    def last_words(self, path: str) -> str | None:
        """The last line of a text file that is not blank. Raises OSError if it cannot be read."""
        value = self._looked_up(path, _last_words_in)
        return value if isinstance(value, str) else None

    def max_steps(self, path: str) -> int | None:
        """The total in a ``trainer_state.json`` of the Hugging Face Trainer."""
        return whole_number(self._cached(path, _max_steps_in))

    def names_language_model(self, path: str) -> bool:
        """Whether a model's ``config.json`` names a causal language model."""
        return self._cached(path, _names_language_model) is True

    def modified_at(self, path: str) -> float | None:
        """When the file was last written; None where there is none."""
        try:
            return self._disk.stat(path).modified_ns / 1e9
        except OSError:
            return None

    def _cached(self, path: str, look: Callable[[_SideFile], object]) -> object:
        """What ``look`` finds in the file; None where it is not there or says nothing sensible.

        A side file is a bonus: without it a total is unknown, which is said.
        """
        try:
            return self._looked_up(path, look)
        except OSError:
            return None

    def _looked_up(self, path: str, look: Callable[[_SideFile], object]) -> object:
        state = self._disk.stat(path)
        known = self._seen.get(path)
        if known is None or known[0] != state:
            known = self._seen[path] = (state, look(_SideFile(self._disk, path)))
        return known[1]


@record(frozen=True, slots=True)
class _SideFile:
    disk: Disk
    path: str

    def head(self, most: int) -> str:
        with self.disk.open(self.path) as file:
            size = min(file.state().size, most)
            return file.read(0, size).decode("utf-8", "replace")

    def tail(self, most: int = _TAIL) -> str:
        with self.disk.open(self.path) as file:
            begin = max(file.state().size - most, 0)
            return file.read(begin, most).decode("utf-8", "replace")


def _mapping_in(file: _SideFile) -> object:
    # Late: most logs have no YAML beside them, and reading it takes longer to import than to do.
    from tb_trainmon.tasks.found import plain_yaml  # noqa: PLC0415

    return plain_yaml.mapping_in(file.head(plain_yaml.LARGEST + 1))


def _last_object_in(file: _SideFile) -> object:
    """A line that is being written is no object yet: then it is the one before."""
    found = (parse_object(line) for line in reversed(file.tail().splitlines()))
    return next((value for value in found if value is not None), None)


def _numbers_in(file: _SideFile) -> object:
    lines = reversed(_ON_A_LINE.findall(file.head(_TAIL)))
    return dict(lines)


def _last_words_in(file: _SideFile) -> object:
    """Without NULs: a file that grew before a crash ends with them, UTF-16 has one a letter.

    There may be more of them than a tail.
    """
    last = _last_line_of(file.tail())
    if not last:
        with suppress(OSError):  # of a store's no more than a tail is at hand
            last = _last_line_of(file.tail(_LONG_TAIL))
    return excerpt(last) if last else None


def _last_line_of(text: str) -> str:
    lines = (line.strip() for line in reversed(text.replace("\0", "").splitlines()))
    return next((line for line in lines if line), "")


def _max_steps_in(file: _SideFile) -> object:
    """By its text: the file may be many megabytes long, with the number behind the history."""
    match = _IN_STATE.search(file.tail())
    return match[1] if match else None


def _names_language_model(file: _SideFile) -> object:
    return says_language_model(file.head(_LARGEST_CONFIG))
