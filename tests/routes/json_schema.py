"""The shapes of the answers as JSON Schema, for programs: ``docs/schema.json``.

    python -m tests.routes.json_schema     writes it anew

https://json-schema.org/draft/2020-12. Programs are to allow for keys that they do not know:
keys may be added. Ours are checked for exactly those of the shapes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.routes import shapes
from tests.routes.shapes import mapping, maybe

PLACE = Path(__file__).parents[2] / "docs" / "schema.json"
_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def document() -> dict[str, Any]:
    """One schema with a definition for each route's answer, for a task and for errors."""
    answers = {**shapes.ROUTES, "error": {"error": {"code": str, "message": str}}}
    named = {f"TASK ({name})": shape for name, shape in (("list", shapes.OUTLINE),)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "TrainMon's answers",
        "description": "By route; see http_api.md. `trainmon status --json` prints those of tasks "
        "and task.",
        "$defs": {name: schema_of(shape) for name, shape in {**answers, **named}.items()},
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in answers],
    }


def schema_of(shape: Any) -> dict[str, Any]:
    """The schema of one shape (see ``tests.routes.shapes``)."""
    if isinstance(shape, maybe):
        return {"anyOf": [schema_of(shape.of), {"type": "null"}]}
    if isinstance(shape, mapping):
        return {"type": "object", "additionalProperties": schema_of(shape.of)}
    if isinstance(shape, dict):
        known = {key.removesuffix("?"): schema_of(of) for key, of in shape.items()}
        required = [key for key in shape if not key.endswith("?")]
        return {"type": "object", "properties": known, "required": required}
    if isinstance(shape, list):
        return {"type": "array", "items": schema_of(shape[0])}
    if shape is object:
        return {}
    types = [_TYPES[one] for one in (shape if isinstance(shape, tuple) else (shape,))]
    # JSON has one kind of number: 1.0 may be written as 1.
    types = [name for name in types if not (name == "integer" and "number" in types)]
    return {"type": types[0] if len(types) == 1 else types}


def text() -> str:
    """The document as it is written."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")
