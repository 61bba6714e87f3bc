"""docs/insights.md says what the rules declare."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from tb_trainmon.insights import rules
from tb_trainmon.insights.pages import page
from tb_trainmon.insights.registry import RULES
from tb_trainmon.insights.rule import Rule

ANEW = "python -m tb_trainmon.insights.pages > docs/insights.md writes it anew"
DOCUMENT = (Path(__file__).parents[2] / "docs" / "insights.md").read_text(encoding="utf-8")


def test_the_document_is_what_the_rules_declare() -> None:
    assert page(RULES) == DOCUMENT, ANEW


def test_every_rule_is_registered() -> None:
    modules = [
        import_module(f"{rules.__name__}.{found.name}") for found in iter_modules(rules.__path__)
    ]
    written = {
        one.id for module in modules for one in vars(module).values() if isinstance(one, Rule)
    }
    assert sorted(written - {rule.id for rule in RULES}) == [], (
        "these are not among the RULES of their module, or it is no family of registry.py"
    )


def test_every_rule_has_its_section_and_its_name_is_its_own() -> None:
    headings = re.findall(r"^## (\w+)$", DOCUMENT, flags=re.MULTILINE)
    assert headings == [rule.id for rule in RULES], ANEW
    assert len(set(headings)) == len(headings)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_tells_its_numbers_only_by_its_parameters(rule: Rule) -> None:
    """So that a page cannot say another number than the code decides by."""
    told = (rule.says, rule.method, rule.silent, rule.false_alarms)
    for text in told:
        number = re.search(r"\d{2,}|\d\.\d", re.sub(r"0\.0|fp16|GPT-2", "", text))
        assert number is None, f"name a Parameter in braces instead of a number: {text}"
    named = set(re.findall(r"\{(\w+)\}", "".join(told)))
    assert named == {parameter.name for parameter in rule.parameters}, (
        "a rule's texts name each of its parameters, in braces, and no other"
    )
    assert all(parameter.source and parameter.says for parameter in rule.parameters)
