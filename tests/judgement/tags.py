"""Labelled tags: what share is recognised (recall, by role) and what is said rightly (precision).

A tag that many sources write counts once, per folder and role. "also" are roles that are right too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tb_trainmon.tasks.kinds import Kind, evidence_of, kind_of
from tb_trainmon.tasks.metric_names import Meaning, depth, may_lead, meaning_of
from tests.judgement.asking import JUDGEMENT
from tests.judgement.score import Score

FILES = (
    "tags.json",
    "tags_of_sources.json",
    "tags_of_projects.json",
    "tags_of_scripts.json",
    "tags_of_frameworks.json",
    "tags_of_trainers.json",
    "tags_of_writers.json",
    "tags_of_loggers.json",
    "tags_of_loops.json",
    "tags_of_repositories.json",
    "tags_of_own_loops.json",
    "tags_of_known_names.json",
    "tags_of_families.json",
    "tags_of_excerpts.json",
    "tags_of_second_excerpts.json",
    "tags_of_third_excerpts.json",
    "tags_of_documents.json",
    "tags_of_fourth_excerpts.json",
    "tags_of_reward_excerpts.json",
)

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
_COUNTED = {
    "tokens_per_second": ("token",),
    "samples_per_second": ("sample", "sequence", "example", "image"),
    "env_fps": ("env", "frame"),
    "steps_per_second": ("step", "batch", "update", "iter"),
}

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
            _grade_unit(found, where, tag, _meaning(tag, source).metric)
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
    folders = ("runs", source, tag.get("folder"))
    return meaning_of(tag["tag"], "/".join(filter(None, folders)))


def _once(sources: list[_Source]) -> Iterator[tuple[_Tag, str]]:
    seen = set()
    for source in sources:
        for tag in source["tags"]:
            key = (tag.get("folder"), tag["tag"], tag["role"])
            if key not in seen:
                seen.add(key)
                yield tag, source["source"]


def _grade(score: Score, where: str, tag: _Tag, said: str | None) -> None:
    is_right = said in {tag["role"], *(tag.get("also") or ())}
    is_coarse = said == "loss_part" and tag["role"] in ("policy_loss", "value_loss")
    fault = f"{tag.get('folder') or ''}:{tag['tag']} is {tag['role']}, said {said}"
    if tag["role"] not in _QUIET:
        score.add(f"{where} recall {tag['role']}", is_right, fault)
    if said not in (None, "other"):
        score.add(f"{where} precision", is_right or is_coarse, fault)


def _grade_unit(score: Score, where: str, tag: _Tag, name: str | None) -> None:
    """Whether a throughput is said in the unit that it is counted in."""
    unit = tag.get("unit")
    if tag["role"] == "throughput" and unit and name in _COUNTED:
        is_right = any(word in unit for word in _COUNTED[name])
        score.add(f"{where} unit", is_right, f"{tag['tag']} is {unit}, said {name}")


def _grade_source(score: Score, where: str, source: _Source) -> None:
    """Its kind, and whether one of its headlines means one of the first two leads, and is taken.

    A kind may be one of several ("speech/gan") where two practitioners would differ.
    """
    meanings = [(tag["tag"], _meaning(tag, source["source"])) for tag in source["tags"]]
    kind = kind_of(evidence_of(meanings, ()))
    name, kinds = source["source"], source["kind"].split("/")
    if kinds != ["other"]:
        is_right = kind.name in kinds or (kind.name == "unknown" and "other" in kinds)
        score.add(f"{where} kind", is_right, f"{name}: {kind.name}")
    if source["headline"]:
        names = {meaning.name for _, meaning in meanings if meaning.name}
        instead = _instead(kind, names, meanings)
        leads = kind.leads_among(names)[: 2 - len(instead)]
        meant = {tag for tag, meaning in meanings if meaning.name in leads} | instead
        taken = {tag for lead in leads for tag in _sources(lead, meanings)} | instead
        for field, tags in (("lead", meant), ("lead taken", taken)):
            good = bool(tags & {*source["headline"]})
            score.add(f"{where} {field}", good, f"{name}: {sorted(tags)}")


def _instead(kind: Kind, names: set[str], meanings: list[tuple[str, Meaning]]) -> set[str]:
    """What leads for want of a metric, where all tags move and are logged equally often."""
    free = [(tag, m.part_of) for tag, m in meanings if m.name is None and m.role == "train"]
    plainest = sorted(free, key=lambda each: (not may_lead(each[0]), depth(each[0]), each[0]))
    if kind.stand_in is not None and not {kind.stand_in, f"eval_{kind.stand_in}"} & names:
        parts = [tag for tag, part_of in plainest if part_of == kind.stand_in]
        if parts:
            return {*parts[:1]}
    return set() if kind.leads_among(names) else {tag for tag, _ in plainest[:2]}


def _sources(name: str, meanings: list[tuple[str, Meaning]]) -> list[str]:
    """The tags that ``name`` may be taken from: of the best rank."""
    rank = min(meaning.rank for _, meaning in meanings if meaning.name == name)
    return [tag for tag, meaning in meanings if (meaning.name, meaning.rank) == (name, rank)]
