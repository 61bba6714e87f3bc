"""docs/insights.md says what the rules declare."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tb_trainmon.insights.pages import page
from tb_trainmon.insights.registry import RULES
from tb_trainmon.insights.rule import Rule

DOCUMENT = (Path(__file__).parents[2] / "docs" / "insights.md").read_text(encoding="utf-8")


def test_the_document_is_what_the_rules_declare() -> None:
    """``python -m tb_trainmon.insights.pages > docs/insights.md`` writes it anew."""
    assert page(RULES) == DOCUMENT


def test_every_rule_has_its_section_and_its_name_is_its_own() -> None:
    headings = re.findall(r"^## (\w+)$", DOCUMENT, flags=re.MULTILINE)
    assert headings == [rule.id for rule in RULES]
    assert len(set(headings)) == len(headings)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_tells_its_numbers_only_by_its_parameters(rule: Rule) -> None:
    """So that a page cannot say another number than the code decides by."""
    for text in (rule.says, rule.method, rule.silent, rule.false_alarms):
        assert not re.search(r"\d{2,}|\d\.\d", re.sub(r"0\.0|fp16|GPT-2", "", text)), text
    told = rule.says + rule.method + rule.silent + rule.false_alarms
    names = {parameter.name for parameter in rule.parameters}
    assert set(re.findall(r"\{(\w+)\}", told)) == names
    assert all(parameter.source and parameter.says for parameter in rule.parameters)
