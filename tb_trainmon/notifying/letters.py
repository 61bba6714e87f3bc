"""News in words: a title, a body with the evidence, and a link to the exact view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from tb_trainmon.core.plain_text import plain
from tb_trainmon.notifying.news import Kind, News

MOST_ALONE = 3  # more than so many letters at once become one
_MOST_LISTED = 20

_SAYS: dict[Kind, str] = {
    "completed": "completed",
    "failed": "failed",
    "stopped": "stopped",
    "revived": "goes on again",
    "nan": "not a number",
    "insight": "looks wrong",
    "total": "reached its total",
    "slipped": "takes longer",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person reads, and sees where the service takes a picture."""

    title: str
    body: str
    picture: bytes | None = field(default=None, repr=False)  # a PNG


def letter_of(news: Sequence[News], link: str | None) -> Letter:
    """One letter about all of ``news``: in full of few, a line each of many."""
    if len(news) == 1:
        return Letter(_title(news[0]), _body(news[0], link))
    if len(news) <= MOST_ALONE:
        return Letter(
            f"TrainMon: {len(news)} news",
            "\n\n".join(f"{_title(one)}\n{_body(one, link)}" for one in news),
        )
    counts = Counter(_SAYS[one.kind] for one in news)
    title = "TrainMon: " + ", ".join(f"{count} {what}" for what, count in counts.most_common())
    lines = [f"{_title(one)} {plain(one.says)}" for one in news[:_MOST_LISTED]]
    if len(news) > _MOST_LISTED:
        lines.append(f"... and {len(news) - _MOST_LISTED} more.")
    return Letter(title, "\n".join([*lines, *_linked(link, None)]))


def view_of(link: str, task: str) -> str:
    """The address of a task's page in the TensorBoard at ``link``."""
    return f"{link.partition('#')[0].rstrip('/')}/#trainmon&p.trainmon.task={quote(task, safe='')}"


def _title(news: News) -> str:
    of = f"{plain(news.of)} is " if news.of else ""
    return f"{plain(news.task)}: {of}{_SAYS[news.kind]}"


def _body(news: News, link: str | None) -> str:
    numbers = [_progress(news), news.reading]
    said = ", ".join(number for number in numbers if number)
    lines = [plain(news.says), said[:1].upper() + said[1:] + "." if said else ""]
    return "\n".join([*filter(None, lines), *_linked(link, news.task)])


def _progress(news: News) -> str:
    if news.step is None:
        return ""
    total = "" if news.total is None else f" of {news.total:,}"
    return f"step {news.step:,}{total}"


def _linked(link: str | None, task: str | None) -> list[str]:
    if link is None:
        return []
    return [link if task is None else view_of(link, task)]
