"""The routes of the list of all tasks: what somebody who opens the tab waits for first.

They import as little as they can: an open task, the rules and the streams come later (``later``).
"""

from __future__ import annotations

from tb_trainmon.core.lazily import Lazily
from tb_trainmon.insights.tally import Tally
from tb_trainmon.routes import messages
from tb_trainmon.routes.messages import Message
from tb_trainmon.routes.parameters import MultiMapping, Parameters
from tb_trainmon.tasks.service import Tasks

MOST_SPARKLINES = 64


def tasks(service: Tasks, args: MultiMapping) -> Message:
    """All tasks, newest activity first, or what is new of them since a revision."""
    since = Parameters(args, ("since",)).optional("since")
    listing, tally = service.listing(since), service.kept(Tally)
    if not listing.is_whole:
        # Only whoever looks again waits for it: a list that is not there yet is more urgent.
        tally.look(service, listing.tasks)
    return {
        "tasks": Lazily(listing.tasks, messages.outline),
        "whole": listing.is_whole,
        "revision": listing.revision,
        "problems": messages.problems(listing.problems),
        "progress": messages.progress(listing.progress),
        "reader": listing.reader,
        "insights": tally.counts(service),
    }


def sparklines(service: Tasks, args: MultiMapping) -> Message:
    """The course of the loss of several tasks, for their rows in the list."""
    asked = Parameters(args, ("task",))
    found = service.sparklines(asked.several_required("task", MOST_SPARKLINES))
    return {"sparklines": {id_: messages.sparkline(line) for id_, line in found.items()}}
