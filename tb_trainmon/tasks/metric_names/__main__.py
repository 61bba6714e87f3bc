"""Which line of ``roles.json`` has a tag: ``python -m tb_trainmon.tasks.metric_names TAG ...``."""

from __future__ import annotations

import sys

from tb_trainmon.tasks.metric_names.reading import Subject, role_in_training
from tb_trainmon.tasks.metric_names.table import table


def who_has(tag: str) -> str:
    """The words of ``tag``, in a training, and the line that takes it for what it is."""
    known = table()
    parts = known.dictionary.read(tag)
    words = " / ".join(" ".join(part) for part in parts)
    found = role_in_training(Subject(tuple(parts), known))
    if found is None:
        return f"{tag}: {words}: no line has it."
    if found.measure is not None:
        return f"{tag}: {words}: {found.measure.name}, by its line of measures, behind all roles."
    metric = found.metric or "no metric"
    if found.rule is None:
        return f"{tag}: {words}: {metric}, by its folder, behind all roles."
    number = known.roles.index(found.rule)
    first = " ".join(sorted(found.rule.phrases[0]))
    return f"{tag}: {words}: {metric}, by line {number + 1} of roles ({first}, ...)."


if __name__ == "__main__":
    sys.stdout.writelines(f"{who_has(tag)}\n" for tag in sys.argv[1:])
