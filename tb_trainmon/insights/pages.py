"""The page of each rule in docs/insights.md, made of what the rule declares.

python -m tb_trainmon.insights.pages > docs/insights.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from tb_trainmon.insights.registry import RULES
from tb_trainmon.insights.rule import Rule

_BEGINNING = """\
# Insights

What TrainMon says of a task by itself: a rule finds something that a practitioner would want to be
told, with the numbers that prove it, its place, since when, whether it is over, and one piece of
advice. A healthy task has none. `task` in [http_api.md](http_api.md) has the message.

Severities: `error` (each further step is lost), `warning` (look at it), `info` (good to know). A
finding that is over stays in the list; all of an attempt's are once the task was trained anew, from
scratch. Every rule looks at each attempt by itself, over at most 2,048 means of its points, so long
tasks cost no more than short ones.

This page is made of what the rules declare in `tb_trainmon/insights/rules/`, and its numbers are
those that the code decides by: `python -m tb_trainmon.insights.pages > docs/insights.md` writes it
anew, and a test compares them.
"""


def page(rules: Sequence[Rule]) -> str:
    """The whole document."""
    index = "\n".join(f"- [{rule.id}](#{rule.id}): {rule.text(rule.says)}" for rule in rules)
    return "\n".join([_BEGINNING, index, *("\n".join(_section(rule)) for rule in rules)]) + "\n"


def _section(rule: Rule) -> Iterator[str]:
    yield f"\n## {rule.id}\n"
    yield rule.text(rule.says) + " " + rule.text(rule.why) + "\n"
    yield f"**How.** {rule.text(rule.method)}\n"
    if rule.parameters:
        yield "| parameter | value | bounds | source |\n|---|---|---|---|"
        for one in rule.parameters:
            yield f"| `{one.name}` | {one.text} | {one.says} | {one.source} |"
        yield ""
    yield f"**Silent.** {rule.text(rule.silent)}\n"
    yield f"**False alarms known.** {rule.text(rule.false_alarms)}"


if __name__ == "__main__":
    sys.stdout.write(page(RULES))
