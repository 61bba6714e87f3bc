"""Labelled tags: what share is recognised (recall, by role) and what is said rightly (precision).

A tag that many sources write counts once, per folder and role. "also" are roles that are right too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tb_trainmon.tasks.kinds import evidence_of, kind_of
from tb_trainmon.tasks.metric_names import Meaning, meaning_of
from tests.judgement.asking import JUDGEMENT
from tests.judgement.score import Score

FILES = ("tags.json", "tags_of_sources.json")

# Canonical names in the words of the labels; one that is itself a role needs no entry.
_ROLE_OF = {
    "perplexity": "quality",
    "eval_perplexity": "eval_quality",
    "mfu": "utilization",
    "eta_s": "time",
    "tokens_per_second": "throughput",
    "samples_per_second": "throughput",
    "steps_per_second": "throughput",
    "env_fps": "throughput",
    "tokens_seen": "counter",
    "samples_seen": "counter",
    # The labels have no words for these.
    "answers_cut_off": "other",
    "eval_answers_cut_off": "other",
    "groups_without_variance": "other",
    "sampler_gap": "other",
}
# Roles that have no chart among the first: nothing is lost where they are not known.
_QUIET = frozenset(
    {"other", "counter", "time", "weight_stat", "hyper", "utilization", "memory", "epoch"}
    | {"loss_scale"}
)
_PART_RANK = 7

_Tag = Mapping[str, Any]
_Source = Mapping[str, Any]


def score() -> Score:
    """Of all files."""
    found = Score()
    for name in FILES:
        sources = json.loads((JUDGEMENT / name).read_text())["sources"]
        where = Path(name).stem.replace("_", " ")
        for tag, source in _once(sources):
            _grade(found, where, tag, said_of(tag, source))
        for source in sources:
            _grade_source(found, where, source)
    return found


def said_of(tag: _Tag, source: str) -> str | None:
    """The role that the product gives a tag, in the words of the labels; None if it knows none."""
    meaning = _meaning(tag, source)
    if meaning.role in ("bookkeeping", "final"):
        return "other"
    if meaning.metric == "loss" and meaning.rank >= _PART_RANK:
        return "loss_part"
    return _ROLE_OF.get(meaning.metric or "", meaning.metric)


def _meaning(tag: _Tag, source: str) -> Meaning:
    return meaning_of(tag["tag"], "/".join(filter(None, ("runs", source, tag["folder"]))))


def _once(sources: list[_Source]) -> Iterator[tuple[_Tag, str]]:
    seen = set()
    for source in sources:
        for tag in source["tags"]:
            key = (tag["folder"], tag["tag"], tag["role"])
            if key not in seen:
                seen.add(key)
                yield tag, source["source"]


def _grade(score: Score, where: str, tag: _Tag, said: str | None) -> None:
    is_right = said in {tag["role"], *(tag.get("also") or ())}
    is_coarse = said == "loss_part" and tag["role"] in ("policy_loss", "value_loss")
    fault = f"{tag['folder'] or ''}:{tag['tag']} is {tag['role']}, said {said}"
    if tag["role"] not in _QUIET:
        score.add(f"{where} recall {tag['role']}", is_right, fault)
    if said not in (None, "other"):
        score.add(f"{where} precision", is_right or is_coarse, fault)


def _grade_source(score: Score, where: str, source: _Source) -> None:
    """Its kind, and whether one of its headlines is among the first two that lead."""
    meanings = [(tag["tag"], _meaning(tag, source["source"])) for tag in source["tags"]]
    kind = kind_of(evidence_of(meanings, ()))
    name = source["source"]
    if source["kind"] != "other":
        score.add(f"{where} kind", kind.name == source["kind"], f"{name}: {kind.name}")
    if source["headline"]:
        leads = kind.leads_among({meaning.name for _, meaning in meanings if meaning.name})[:2]
        tags = {tag for tag, meaning in meanings if meaning.name in leads}
        good = bool(tags & {*source["headline"]})
        score.add(f"{where} lead", good, f"{name}: {leads}, not {source['headline']}")
