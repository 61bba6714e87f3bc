"""What a YAML file says, as far as it is a mapping of plain values.

Whoever can write into a log directory can write any YAML. What is read of it has bounds: in bytes,
in nodes, and (libyaml's own) in depth; and merges, a few lines of which say as much as one likes,
are no part of it.
"""

from __future__ import annotations

from collections.abc import Hashable
from itertools import islice
from typing import Any

import yaml

# Of libyaml, compiled, about ten times as fast; without it, as much less is read.
_IS_COMPILED = bool(yaml.__with_libyaml__)
LARGEST = 256 << 10 if _IS_COMPILED else 32 << 10  # characters
_MOST_NODES = 50_000 if _IS_COMPILED else 5_000

NODES_A_CHARACTER = 4  # at the most, ends of nodes counted too: a "?" in each line makes one
_TEXT = "tag:yaml.org,2002:str"

_Base: Any = yaml.CSafeLoader if _IS_COMPILED else yaml.SafeLoader


class _Plain(_Base):  # type: ignore[misc]  # which of two it is, is known when it is imported
    """Reads past the Python objects that trainers dump among their plain values.

    And past whatever else is no plain value, such as "!!int x": one of these is None, and all
    others say what they say.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.deep_construct = True  # each value at once, so that it is known which one fails

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        if node.tag == _TEXT and isinstance(node, yaml.ScalarNode):
            return node.value  # as all names are: what the library would say, many calls later
        try:
            return super().construct_object(node, deep)
        except RecursionError:
            raise
        except Exception:  # noqa: BLE001  the library raises anything for such a value
            return None

    def construct_mapping(self, node: Any, deep: bool = True) -> dict[Hashable, Any]:  # noqa: ARG002
        """Merges nothing: a merge of merges doubles with every line."""
        if not isinstance(node, yaml.MappingNode):
            return {}
        pairs = ((self.construct_object(name), value) for name, value in node.value)
        return {
            name: self.construct_object(value)
            for name, value in pairs
            if isinstance(name, Hashable)
        }


_Plain.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
_Plain.add_constructor("tag:yaml.org,2002:merge", lambda *_: "<<")


def mapping_in(text: str) -> dict[str, Any] | None:
    """The mapping that ``text`` is; None if it is none, or one too large.

    Of a long text its beginning is read, up to the last line that begins a new entry.
    """
    if len(text) > LARGEST:
        text = _whole_entries(text[:LARGEST])
    try:
        if _is_too_large(text):
            return None
        value = yaml.load(text, _Plain)  # noqa: S506  a SafeLoader: it makes plain values only
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_too_large(text: str) -> bool:
    if len(text) * NODES_A_CHARACTER < _MOST_NODES:
        return False
    return sum(1 for _ in islice(yaml.parse(text, _Plain), _MOST_NODES)) == _MOST_NODES


def _whole_entries(text: str) -> str:
    end = len(text)
    while (end := text.rfind("\n", 0, end)) >= 0:
        if not text[end + 1 : end + 2].isspace():
            return text[: end + 1]
    return ""
