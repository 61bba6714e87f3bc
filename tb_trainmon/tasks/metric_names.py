"""What a tag means: its canonical metric and whether it belongs to training or to evaluation.

The rules are ranked regular expressions in ``metric_tags.json``; a lower rank is a better source.
They were checked on what training frameworks write.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

Role = Literal["train", "eval", "test", "final", "bookkeeping"]

_FOLDERS_KEPT = 1 << 16

# Written by evaluations too, so they say nothing about whether a file holds training.
_COUNTERS = frozenset({"epoch", "tokens_seen", "samples_seen", "eta_s"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one tag of one run means.

    ``role`` is "final" for end-of-run summaries, which are facts and no curves, and "bookkeeping"
    for what is no measurement (hyper-parameter echoes). ``metric`` is None where no rule knows the
    tag. Values times ``scale`` have the metric's unit.
    """

    role: Role
    metric: str | None = None
    rank: int = 0
    note: str = ""
    scale: float = 1.0

    @property
    def shows_training(self) -> bool:
        """Whether a file with this tag trained; counters stand in evaluation files too."""
        return self.role == "train" and self.metric not in _COUNTERS


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class _Rules:
    skip: re.Pattern[str]
    final: re.Pattern[str]
    eval_tag: re.Pattern[str]
    eval_dir: re.Pattern[str]
    test_tag: re.Pattern[str]
    train: tuple[_Rule, ...]
    evaluation: tuple[_Rule, ...]


def meaning_of(tag: str, run: str) -> Meaning:
    """What ``tag`` means in ``run`` (a path; its last part may say "validation")."""
    return _meaning(tag, is_evaluation_folder(run.rpartition("/")[2]))


@lru_cache(_FOLDERS_KEPT)
def is_evaluation_folder(name: str) -> bool:
    """Whether a folder of this name holds evaluations ("validation", "eval", "test", ...)."""
    return _rules().eval_dir.search(name.lower()) is not None


@cache
def canonical_names() -> frozenset[str]:
    """Every canonical name that a rule gives."""
    rules = _rules()
    return frozenset(rule.meaning.metric or "" for rule in (*rules.train, *rules.evaluation))


def normalized(tag: str) -> str:
    """The spelling that the rules are written for."""
    return re.sub(r"[\s-]+", "_", re.sub(r"^ray/tune/", "", tag)).lower()


@cache
def _meaning(tag: str, in_evaluation_folder: bool) -> Meaning:
    rules, name = _rules(), normalized(tag)
    # Megatron's copies "... vs samples" are named in the tag's own spelling.
    if rules.skip.search(name) or rules.skip.search(tag):
        return Meaning("bookkeeping")
    if rules.final.search(name):
        return Meaning("final")
    if rules.test_tag.search(name):
        return Meaning("test")
    if rules.eval_tag.search(name):
        return _first(rules.evaluation, name) or Meaning("eval")
    if in_evaluation_folder:
        return _in_evaluation_folder(rules, name)
    return _first(rules.train, name) or Meaning("train")


def _in_evaluation_folder(rules: _Rules, name: str) -> Meaning:
    found = _first(rules.evaluation, name)
    if found is not None:
        return found
    # A training name in a validation folder (Keras: epoch_loss) is that metric, evaluated.
    as_training = _first(rules.train, name)
    if as_training is None or as_training.metric != "loss":
        return Meaning("eval")
    return replace(as_training, role="eval", metric="eval_loss")


def _first(rules: tuple[_Rule, ...], name: str) -> Meaning | None:
    return next((rule.meaning for rule in rules if rule.pattern.search(name)), None)


@cache
def _rules() -> _Rules:
    text = files("tb_trainmon.tasks").joinpath("metric_tags.json").read_text(encoding="utf-8")
    table = json.loads(text)
    patterns = {
        key: re.compile(table[key]) for key in ("skip", "final", "eval_tag", "eval_dir", "test_tag")
    }
    training = [row for row in table["rules"] if not row["metric"].startswith("eval_")]
    evaluation = [row for row in table["rules"] if row["metric"].startswith("eval_")]
    return _Rules(
        **patterns,
        train=_ranked(training, "train"),
        evaluation=_ranked([*table["eval_rules"], *evaluation], "eval"),
    )


def _ranked(rows: list[dict[str, Any]], role: Role) -> tuple[_Rule, ...]:
    """The rules of ``rows``; behind them, each canonical name means itself (a table uses them)."""
    names = dict.fromkeys(row["metric"] for row in rows)
    own = (_Rule(re.compile(f"^{re.escape(name)}$"), Meaning(role, name)) for name in names)
    return (*(_rule(row, role) for row in rows), *own)


def _rule(row: dict[str, Any], role: Role) -> _Rule:
    meaning = Meaning(role, row["metric"], row["rank"], row["note"], row.get("scale", 1.0))
    return _Rule(re.compile(row["re"]), meaning)
