"""What each metric that leads means, what it should look like, what should worry, and what then.

The texts are ``metric_guide.json``, by canonical name; ``speed`` is whichever measure of it a task
has.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tb_trainmon.tasks.metric_names import measure_names, measures_like


@dataclass(frozen=True, slots=True)
class Explanation:
    """Sentences on one metric; ``absent`` is for a task that does not have it."""

    meaning: str
    ideal: str
    abnormal: str
    tips: str
    absent: str


@cache
def guide() -> Mapping[str, Explanation]:
    """All explanations.

    A measure's are those of its evaluation too, where that has none, and those of the measures that
    are read like it.
    """
    text = files("tb_trainmon.tasks").joinpath("metric_guide.json").read_text("utf-8")
    told = {name: Explanation(**row) for name, row in json.loads(text).items()}
    known = {alike: told[name] for name in told for alike in measures_like(name)} | told
    measures = {f"eval_{name}": known[name] for name in known if name in measure_names()}
    return known | {name: text for name, text in measures.items() if name not in known}
