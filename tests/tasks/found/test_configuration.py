"""``trainmon.toml``: what a log directory's owner knows better than the rules."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from tb_trainmon.core.errors import ConfigUnreadable
from tb_trainmon.tasks.found import configuration
from tb_trainmon.tasks.found.configuration import read_configuration
from tb_trainmon.tasks.found.patterns import Pattern
from tests.tasks.scenes import NOW, Stage, attempts_of, values

VERSIONS = r"""
[[task]]
pattern = '^(?P<task>.+)/version_\d+$'
total_steps = 400
language_model = true
metrics = { loss = "objective/nll", agreement = "objective/match" }
"""


pytestmark = pytest.mark.wherever


def configure(stage: Stage, text: str) -> None:
    (stage.logdir / "trainmon.toml").write_text(text, encoding="utf-8")


def versions(stage: Stage) -> None:
    """Lightning makes a new folder when it resumes."""
    for n, steps in enumerate((range(10, 101, 10), range(60, 201, 10))):
        file = stage.file(f"exp/version_{n}", created=NOW + 1000 * n, pid=n)
        for step in steps:
            numbers = {"train_loss": 9.0, "objective/nll": 2.0, "objective/match": 0.5}
            file.log(step, NOW + 1000 * n + (step - steps[0]), numbers)


def test_a_pattern_groups_runs_into_a_task(stage: Stage) -> None:
    versions(stage)
    configure(stage, VERSIONS)
    assert set(stage.listed()) == {"exp"}
    task = stage.judged("exp")
    assert attempts_of(task) == [("first", 0, 100), ("resume", 50, 200)]
    assert task.layout.name == "exp"


def test_it_names_the_total_the_metrics_and_what_kind_of_loss_it_is(stage: Stage) -> None:
    versions(stage)
    configure(stage, VERSIONS)
    task = stage.judged("exp")
    assert task.total is not None
    assert (task.total.steps, task.total.source) == (400, "trainmon.toml")
    names = {m.name: m.tag for m in task.metrics}
    assert names["loss"] == "objective/nll"
    assert names["agreement"] == "objective/match"
    assert names["train_loss"] == "train_loss"
    assert task.offered == ()
    opened = stage.opened("exp")
    assert values(opened)[0] == 2.0
    assert values(opened, "perplexity")[0] == pytest.approx(7.389056)


def test_it_is_read_again_when_it_changes(stage: Stage) -> None:
    versions(stage)
    assert set(stage.listed()) == {"exp/version_0"}
    configure(stage, VERSIONS)
    assert set(stage.listed()) == {"exp"}
    (stage.logdir / "trainmon.toml").unlink()
    assert set(stage.listed()) == {"exp/version_0"}


def test_a_pattern_without_a_group_leaves_the_grouping(stage: Stage) -> None:
    versions(stage)
    configure(stage, "[[task]]\npattern = 'version_1'\ntotal_steps = 500\n")
    listed = stage.listed()
    assert set(listed) == {"exp/version_0", "exp/version_1"}
    assert listed["exp/version_0"].total is None
    assert listed["exp/version_1"].total is not None


def test_the_first_rule_that_matches_counts(stage: Stage) -> None:
    versions(stage)
    configure(
        stage,
        "[[task]]\npattern = 'version_1'\ntotal_steps = 500\n"
        "[[task]]\npattern = 'version'\ntotal_steps = 600\n",
    )
    totals = {id_: task.total.steps for id_, task in stage.listed().items() if task.total}
    assert totals == {"exp/version_0": 600, "exp/version_1": 500}


def test_it_can_deny_that_a_loss_is_a_language_models(stage: Stage) -> None:
    stage.file().log(1, NOW, {"lm loss": 1.0})
    configure(stage, "[[task]]\npattern = 'run'\nlanguage_model = false\n")
    (offer,) = stage.judged().offered
    assert offer.why == "trainmon.toml says that this task trains no language model."


def test_another_file_can_be_named(stage: Stage, tmp_path: Path) -> None:
    versions(stage)
    configure(stage, "not read")
    other = tmp_path / "other.toml"
    other.write_text(VERSIONS)
    stage.look(config=str(other))
    assert set(stage.listed()) == {"exp"}
    assert stage.problems() == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[[task]\n", "cannot be used"),
        ("[other]\nx = 1\n", "only [[task]] and [[notify]] tables"),
        ("[task]\npattern = 'x'\n", "only [[task]] and [[notify]] tables"),
        ("task = [1, 2]\n", "only [[task]] and [[notify]] tables"),
        ("[[task]]\ntotal_steps = 1\n", "has no 'pattern': it would be for no run"),
        ("[[task]]\npattern = '('\n", "needs a valid 'pattern'"),
        ("[[task]]\npattern = 3\n", "must be a regular expression"),
        ("[[task]]\npattern = 'x'\ntotal_steps = '9'\n", "must be a whole number"),
        ("[[task]]\npattern = 'x'\ntotal_steps = 0\n", "must be a whole number"),
        ("[[task]]\npattern = 'x'\ntotal_steps = true\n", "must be a whole number"),
        ("[[task]]\npattern = 'x'\nlanguage_model = 1\n", "must be true or false"),
        ("[[task]]\npattern = 'x'\nmetrics = { loss = 1 }\n", "must be a table of tags"),
        ("[[task]]\npattern = 'x'\nsteps = 1\n", "not one of pattern"),
        (f"[[task]]\n{'k' * 9000} = 1\n", "k… (8,000 more characters)' in [[task]] is not one of"),
        ("[[task]]\npattern = '(?!x)'\n", "without look-around and references back"),
        (r"[[task]]\npattern = '(a)\1'" + "\n", "cannot be used"),
        (f"[[task]]\npattern = '{'x' * 1001}'\n", "longer than 1,000 characters"),
        (f"[[task]]\npattern = 'x'\ntotal_steps = {'9' * 5001}\n", "cannot be used"),
        ("a." * 30_000 + "a = 1\n", "line 1 has more than 250 dots"),
        (f"[[task]]\npattern = 'x'\ntotal_steps = {2**53 + 1}\n", "from 1 to 2**53"),
        (f"a = {'[' * 5000}", "cannot be used"),
        ("x" * 300_000, "300,000 bytes; allowed are 262,144"),
        ("[[task]]\npattern = 'x'\n" * 257, "257 [[task]] tables; allowed are 256"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence_and_the_default_rules_apply(
    stage: Stage, text: str, word: str
) -> None:
    versions(stage)
    configure(stage, text)
    assert set(stage.listed()) == {"exp/version_0"}
    (problem,) = stage.tasks.listing().problems
    assert problem.code == "config_unreadable"
    assert word in problem.message
    assert problem.message.endswith("The default rules apply.")


def test_a_file_that_begins_with_a_byte_order_mark_is_read(stage: Stage) -> None:
    versions(stage)
    configure(stage, f"\ufeff{VERSIONS}")
    assert set(stage.listed()) == {"exp"}


def test_a_file_that_is_no_text_is_a_sentence(stage: Stage) -> None:
    (stage.logdir / "trainmon.toml").write_bytes(b"\xff\xfe")
    assert stage.problems() == ["config_unreadable"]


def test_a_named_file_that_is_not_there_is_a_sentence(stage: Stage) -> None:
    versions(stage)
    stage.look(config=str(stage.logdir / "nothing.toml"))
    assert stage.problems() == ["config_unreadable"]
    with pytest.raises(ConfigUnreadable):
        read_configuration(str(stage.logdir / "nothing.toml"))


def test_the_example_in_its_documentation_is_valid(tmp_path: Path) -> None:
    text = (configuration.__doc__ or "").partition("For example:\n")[2]
    path = tmp_path / "trainmon.toml"
    path.write_text(inspect.cleandoc(text))
    (rule,) = read_configuration(str(path)).rules
    assert read_configuration(str(path)).task_of("exp/version_3") == "exp"
    assert (rule.total_steps, rule.language_model) == (20000, True)


def test_a_pattern_that_would_take_for_ever_elsewhere_takes_no_time(stage: Stage) -> None:
    long = "a" * 200
    stage.file(long).log(1, NOW, {"loss": 1.0})
    configure(stage, "[[task]]\npattern = '^(?P<task>(a+)+)$$'\n[[task]]\npattern = '^(a+)+b$'\n")
    assert set(stage.listed()) == {long}
    assert stage.problems() == []


def test_a_name_that_is_no_text_can_be_matched_and_names_its_task() -> None:
    pattern = Pattern("^(?P<task>.)/(?P<rest>.*)$")
    assert pattern.group("\udcff/run", "task") == "\udcff"
    assert pattern.group("\udcff/run", "rest") == "run"
    assert pattern.group("\udcff/run", "other") is None
