"""Print the longest files and functions: ``make report``.

What is long is not wrong, but it is where a reader stops. All lines count, also comments and empty
ones; of a function from its ``def`` to its end.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 15


class Sized(NamedTuple):
    """Something of so many lines."""

    lines: int
    name: str


def files(folder: Path, *patterns: str) -> list[Sized]:
    """The source files below ``folder``, longest first."""
    found = {path for pattern in patterns for path in folder.rglob(pattern)}
    texts = [(path.relative_to(ROOT), path.read_text("utf-8")) for path in found]
    return sorted((Sized(text.count("\n"), str(path)) for path, text in texts), reverse=True)


def functions(folder: Path) -> list[Sized]:
    """The functions of the Python below ``folder``, longest first."""
    found = [sized for path in folder.rglob("*.py") for sized in _functions_of(path)]
    return sorted(found, reverse=True)


def _functions_of(path: Path) -> Iterator[Sized]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            yield Sized(node.end_lineno - node.lineno + 1, where)


def table(title: str, found: list[Sized]) -> Iterable[str]:
    """The longest of ``found``, and what is usual."""
    yield f"{title}: {len(found)}, median {median(one.lines for one in found):g} lines"
    yield from (f"{one.lines:6}  {one.name}" for one in found[:SHOWN])
    yield ""


def main() -> int:
    """Print the report; gives the exit code."""
    package, front_end = ROOT / "tb_trainmon", ROOT / "frontend" / "src"
    lines = [
        *table("files of the package", files(package, "*.py")),
        *table("functions of the package", functions(package)),
        *table("files of the front end", files(front_end, "*.ts", "*.tsx", "*.css")),
        *table("files of tests", files(ROOT / "tests", "*.py")),
    ]
    sys.stdout.write("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
