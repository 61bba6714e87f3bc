"""``make quick`` finds the tests of what was changed; a commit is checked as by ``make check``."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from build_support import quick
from build_support.steps import ROOT, Step


@pytest.mark.parametrize(
    ("path", "tests"),
    [
        (
            "tb_trainmon/tasks/judged/status/verdict.py",
            ("tests/tasks/judged/status/test_verdict.py", "tests/tasks/judged/status"),
        ),
        ("tb_trainmon/plugin.py", ("tests/test_plugin.py",)),
        ("tests/series/test_smooth.py", ("tests/series/test_smooth.py",)),
        ("tests/series/scenes.py", ("tests/series",)),
        ("build_support/quick.py", ("tests/packaging/test_quick.py", "tests/packaging")),
        ("tests/conftest.py", ()),
        ("tests/frameworks/test_keras.py", ()),
        ("frontend/src/index.ts", ()),
        ("README.md", ()),
    ],
)
def test_a_file_is_mirrored_by_tests(path: str, tests: tuple[str, ...]) -> None:
    assert quick.mirrors(path) == tests


def test_what_python_and_what_the_front_end_need_is_run() -> None:
    of_python = {step.name for step in quick.needed(["tb_trainmon/series/smooth.py"])}
    of_both = {step.name for step in quick.needed(["setup.py", "frontend/src/index.ts"])}
    assert of_python == {"tests", "types", "import law", "lint", "format"}
    assert of_both == {
        *(of_python - {"tests"}),
        *(f"front end's {what}" for what in ("tests", "types", "lint")),
    }


def test_what_is_gone_and_what_has_no_check_needs_nothing() -> None:
    assert not list(quick.needed(["tb_trainmon/gone.py", "README.md"]))


def test_what_differs_from_main_is_found_committed_or_not(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--initial-branch", "main")
    for name in ("same", "committed", "edited"):
        (tmp_path / name).write_text("old")
    git("add", ".")
    git("commit", "-m", "begin")
    git("switch", "-c", "work")
    (tmp_path / "committed").write_text("new")
    git("commit", "-am", "change")
    (tmp_path / "edited").write_text("new")
    (tmp_path / "untracked").write_text("new")
    assert quick.changed(tmp_path) == ["committed", "edited", "untracked"]


def test_the_exit_code_is_that_of_the_worst(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for commands, code in (((["true"],), 0), ((["true"], ["false"]), 1)):
        found = [Step(command[0], tuple(command)) for command in commands]
        monkeypatch.setattr(quick, "needed", lambda _, found=found: iter(found))
        assert quick.main(["some file"]) == code
    assert "FAILED  false" in capsys.readouterr().out


def test_tests_come_first_that_mirror_the_file_and_none_begins_late(tmp_path: Path) -> None:
    for name, took in (("a", "time.sleep(1.2)"), ("b", "time.sleep(1.2)"), ("c", "pass")):
        (tmp_path / f"test_{name}.py").write_text(f"import time\ndef test_{name}():\n    {took}\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = quick._module("pytest", "-v", "-p", "build_support.pytest_within")
    options = ("--within", "1", "--rootdir", str(tmp_path), "-c", str(tmp_path / "pytest.ini"))
    said = subprocess.run(
        [*command, *options, "--first", str(tmp_path / "test_b.py"), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert re.findall(r"test_(\w) (PASSED|SKIPPED)", said) == [
        ("b", "PASSED"),
        ("a", "SKIPPED"),
        ("c", "SKIPPED"),
    ]


def test_a_commit_is_checked_as_make_check_does() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = re.search(r"^check: .*\n((?:\t.+\n)+)", makefile, re.MULTILINE)
    assert recipe is not None
    commands = recipe[1].replace("$(FRONT_END)", "$(PY) build_support/front_end.py")
    commands = commands.replace("$(PY)", "$(VENV)/bin/python").replace("$(VENV)", ".venv")
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    entries = [hook["entry"] for hook in hooks["repos"][0]["hooks"]]
    assert entries == commands.replace("\t", "").splitlines()
