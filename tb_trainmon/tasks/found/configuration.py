r"""``trainmon.toml``: what a log directory's owner knows better than the rules.

For example:

    [[task]]
    pattern = '^(?P<task>.+)/version_\d+$'   # in RE2's syntax, against a run's path; the group
                                             # names the task
    total_steps = 20000                      # for tasks whose runs match
    language_model = true                    # exp(loss) is a perplexity
    metrics = { loss = "objective/nll" }     # canonical name = tag
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from tb_trainmon.core.errors import ConfigUnreadable
from tb_trainmon.core.plain_text import excerpt
from tb_trainmon.core.record import record
from tb_trainmon.event_files.disk import Disk, LocalDisk
from tb_trainmon.tasks.found.patterns import BadPattern, Pattern
from tb_trainmon.tasks.kinds import kind_names

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE_NAME = "trainmon.toml"
LARGEST_TOTAL = 1 << 53  # what JSON's readers can count to
_LARGEST = 256 << 10  # bytes of a configuration
_MOST_DOTS = 250  # in one line
_TABLES = ("task", "notify")
_MOST_RULES = 256  # each is tried on every run


@record(frozen=True, slots=True)
class TaskRule:
    """One ``[[task]]`` table; without a pattern it says nothing."""

    pattern: Pattern | None = None
    total_steps: int | None = None
    language_model: bool | None = None
    metrics: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    lead: tuple[str, ...] = ()


_NO_RULE = TaskRule()  # one for all tasks


@record(frozen=True, slots=True)
class Configuration:
    """The rules of a ``trainmon.toml``, first match first."""

    rules: tuple[TaskRule, ...] = ()

    def task_of(self, run: str) -> str | None:
        """The task that a rule puts ``run`` in; None where no rule with a group matches."""
        named = (rule.pattern.group(run, "task") for rule in self.rules if rule.pattern)
        return next((task for task in named if task is not None), None)

    def rule_for(self, runs: tuple[str, ...]) -> TaskRule:
        """The first rule that matches one of ``runs``, or one that says nothing."""
        for rule in self.rules:
            if rule.pattern and any(rule.pattern.matches(run) for run in runs):
                return rule
        return _NO_RULE


def read_configuration(path: str, disk: Disk | None = None) -> Configuration:
    """The configuration in the file at ``path``. Raises ConfigUnreadable with a sentence."""
    rows = tables_in(path, disk)["task"]
    return Configuration(tuple(_rule(path, row) for row in rows))


def tables_in(path: str, disk: Disk | None = None) -> Mapping[str, list[Mapping[str, Any]]]:
    """The tables of the file at ``path`` as they stand: ``[[task]]`` and ``[[notify]]``.

    The latter are the business of ``trainmon notify``. Raises ConfigUnreadable with a sentence.
    """
    content = _content_of(path, disk or LocalDisk())
    if set(content) - set(_TABLES) or not all(map(_are_tables, content.values())):
        known = " and ".join(f"[[{name}]]" for name in _TABLES)
        raise ConfigUnreadable(f"{path} cannot be used: only {known} tables are known.")
    for name, rows in content.items():
        if len(rows) > _MOST_RULES:
            raise ConfigUnreadable(
                f"{path} cannot be used: it has {len(rows):,} [[{name}]] tables; allowed are "
                f"{_MOST_RULES}."
            )
    return {name: content.get(name, []) for name in _TABLES}


def _are_tables(rows: object) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _content_of(path: str, disk: Disk) -> Mapping[str, Any]:
    try:
        with disk.open(path) as file:
            size = file.state().size
            if size > _LARGEST:
                raise ConfigUnreadable(
                    f"{path} cannot be used: it has {size:,} bytes; allowed are {_LARGEST:,}."
                )
            text = file.read(0, size).decode("utf-8-sig")
        _check_keys(path, text)
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigUnreadable(f"{path} cannot be used: it is nested too deeply.") from error
    # ValueError: of text, of TOML, and of a number with more digits than Python reads.
    except (OSError, ValueError) as error:
        raise ConfigUnreadable(f"{path} cannot be used: {error}.") from error


def _check_keys(path: str, text: str) -> None:
    """Raise ConfigUnreadable for keys like ``a.a.a.a``, of which the parser takes the square."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > _MOST_DOTS:
            raise ConfigUnreadable(
                f"{path} cannot be used: line {number:,} has more than {_MOST_DOTS} dots."
            )


def _rule(path: str, row: Mapping[str, Any]) -> TaskRule:
    for key, value in row.items():
        if key not in _KEYS:
            known = ", ".join(_KEYS)
            raise ConfigUnreadable(f"{path}: {excerpt(key)!r} in [[task]] is not one of {known}.")
        is_valid, what = _KEYS[key]
        if not is_valid(value):
            raise ConfigUnreadable(f"{path}: {key!r} in [[task]] must be {what}.")
    if "pattern" not in row:
        raise ConfigUnreadable(f"{path}: a [[task]] has no 'pattern': it would be for no run.")
    try:
        pattern = Pattern(row["pattern"])
    except BadPattern as error:
        raise ConfigUnreadable(f"{path}: a [[task]] needs a valid 'pattern': {error}.") from error
    return TaskRule(
        pattern,
        row.get("total_steps"),
        row.get("language_model"),
        row.get("metrics", {}),
        row.get("kind"),
        tuple(row.get("lead", ())),
    )


def _is_count(value: object) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and 0 < value <= LARGEST_TOTAL  # type: ignore[operator]  # it is an int


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_kind(value: object) -> bool:
    return value in kind_names()


def _is_list_of_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _are_names(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(tag, str) for tag in value.values())


# Each key of a [[task]]: what its value must be, as a check and as a phrase.
_KEYS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "pattern": (_is_text, "a regular expression"),
    "total_steps": (_is_count, "a whole number from 1 to 2**53"),
    "language_model": (_is_switch, "true or false"),
    "metrics": (_are_names, "a table of tags by name"),
    "kind": (_is_kind, f"one of {', '.join(kind_names())}"),
    "lead": (_is_list_of_names, "a list of metrics"),
}
