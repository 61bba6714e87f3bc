"""``docs/schema.json``: true of every answer, by a validator that is not ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest

from tests.routes import json_schema, shapes
from tests.routes.site import Site


def test_it_is_what_the_shapes_say() -> None:
    """Else: python -m tests.routes.json_schema."""
    assert json_schema.PLACE.read_text(encoding="utf-8") == json_schema.text()


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema.document())


def validate(route: str, answer: Any) -> None:
    document = json.loads(json_schema.PLACE.read_text(encoding="utf-8"))
    schema = {"$ref": f"#/$defs/{route}", "$defs": document["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(answer)


def test_real_answers_are_valid(transformers: Site) -> None:
    validate("tasks", transformers.get("tasks"))
    for task in transformers.get("tasks")["tasks"]:
        for route in ("task", "series", "points", "logs", "marks"):
            validate(route, transformers.get(route, task=task["id"]))
        validate("expected", transformers.get("expected", task=task["id"]))
    validate("guide", transformers.get("guide"))
    ids = [task["id"] for task in transformers.get("tasks")["tasks"]]
    validate("sparklines", transformers.get("sparklines", task=ids))
    validate("error", transformers.answer("task", task="none").json)


def test_the_golden_messages_are_valid(wire_messages: Mapping[str, Any]) -> None:
    checked = [name for name in wire_messages if name.partition(".")[0] in shapes.ROUTES]
    assert checked
    for name in checked:
        validate(name.partition(".")[0], wire_messages[name])


@pytest.mark.parametrize("broken", [{}, {"tasks": None}, {"tasks": [{"id": 1}]}])
def test_an_answer_that_is_none_is_refused(broken: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate("tasks", broken)
