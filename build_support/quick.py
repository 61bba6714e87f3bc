"""Checks and tests of what was changed, within 45 seconds: ``make quick``.

    python -m build_support.quick            what differs from the branch `main`, committed or not
    python -m build_support.quick PATH...    these files

A file of the package is tested by the tests that mirror it: those of its own name, then those of
its folder. A file of the front end is tested by the tests that import it. What would take longer is
left to ``make test``: tests that are marked ``slow``, and those whose turn did not come.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path, PurePosixPath

from build_support import steps
from build_support.steps import ROOT, Step

PACKAGE, TESTS, FRONTEND = "tb_trainmon", "tests", "frontend"

#: Tests that need more than this environment has, or a browser.
ELSEWHERE = {PurePosixPath(TESTS, folder) for folder in ("frameworks", "bench")}

WITHIN = "28"  # seconds to begin tests in
PYTEST_FOUND_NO_TESTS = 5

NOTHING = "Nothing differs from the branch main. Name what to test: make quick FILES=..."


# ---- what was changed ----------------------------------------------------------------------------


def changed(root: Path = ROOT) -> list[str]:
    """The paths that differ from where this branch left ``main``, also those not yet added."""
    since = _git(root, "merge-base", "HEAD", "main") or ["HEAD"]
    differing = _git(root, "diff", "--name-only", "--diff-filter=d", since[0])
    return sorted({*differing, *_git(root, "ls-files", "--others", "--exclude-standard")})


def _git(root: Path, *arguments: str) -> list[str]:
    said = subprocess.run(
        ["git", *arguments],  # noqa: S607  the one on PATH, as whoever commits uses
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.splitlines() if said.returncode == 0 else []


# ---- what to do about it -------------------------------------------------------------------------


def mirrors(path: str) -> tuple[str, ...]:
    """The tests that mirror ``path``, there or not: first those of its name, then its folder."""
    file = PurePosixPath(path)
    if file.parts[0] == PACKAGE and len(file.parts) > 1:
        mirrored = PurePosixPath(TESTS, *file.parts[1:])
    elif file.parts[0] == "build_support":
        mirrored = PurePosixPath(TESTS, "packaging", file.name)
    elif file.parts[0] == TESTS and ELSEWHERE.isdisjoint(file.parents):
        return (path,) if file.name.startswith("test_") else _folder(file)
    else:
        return ()
    return str(mirrored.with_name(f"test_{mirrored.stem}.py")), *_folder(mirrored)


def _folder(file: PurePosixPath) -> tuple[str, ...]:
    return (str(file.parent),) if file.parent != PurePosixPath(TESTS) else ()


def needed(paths: Iterable[str]) -> Iterator[Step]:
    """What to run, the longest first."""
    there = [path for path in paths if (ROOT / path).is_file()]
    yield from _tests(there)
    python = [path for path in there if path.endswith(".py")]
    if python:
        yield Step("types", _module("mypy"))
        yield Step("import law", (str(Path(sys.executable).with_name("lint-imports")),))
        yield Step("lint", _module("ruff", "check", *python))
        yield Step("format", _module("ruff", "format", "--check", *python))
    yield from _front_end([path for path in there if path.startswith(f"{FRONTEND}/")])


def _tests(there: list[str]) -> Iterator[Step]:
    found = list(dict.fromkeys(test for path in there for test in mirrors(path)))
    found = [test for test in found if (ROOT / test).exists()]
    if found:
        options = ["-q", "-ra", "--numprocesses", "auto", "--dist", "worksteal", "-m", "not slow"]
        options += ["-p", "build_support.pytest_within", "--within", WITHIN]
        options += [f"--first={test}" for test in found if test.endswith(".py")]
        yield Step("tests", _module("pytest", *options, *found), PYTEST_FOUND_NO_TESTS)


def _front_end(there: list[str]) -> Iterator[Step]:
    inside = [path.removeprefix(f"{FRONTEND}/") for path in there]
    scripts = [path for path in inside if path.endswith((".ts", ".tsx"))]
    if scripts:
        related = ("vitest", "related", "--run", "--passWithNoTests", *scripts)
        yield _npm("front end's tests", *related)
        yield _npm("front end's types", "tsc", "--noEmit")
    if inside:
        biome = ("biome", "check", "--error-on-warnings", "--no-errors-on-unmatched", *inside)
        yield _npm("front end's lint", *biome)


def _npm(name: str, *command: str) -> Step:
    front_end = str(Path(__file__).with_name("front_end.py"))
    return Step(name, (sys.executable, front_end, "npm", "exec", "--", *command))


def _module(*command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *command)


# ---- doing it ------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Run the steps side by side, tell of each as it ends; gives the exit code."""
    todo = list(needed(arguments or changed()))
    if not todo:
        sys.stdout.write(f"{NOTHING}\n")
        return 0
    with ThreadPoolExecutor(len(todo)) as pool:
        ended = as_completed([pool.submit(steps.run, step) for step in todo])
        failed = [steps.tell(each.result()).failed for each in ended]
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
