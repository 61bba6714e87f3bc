"""When the front end is built, and with which Node."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_support import front_end


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one source file and an output that was built from it."""
    sources, static = tmp_path / "frontend" / "src", tmp_path / "static"
    (sources / "node_modules").mkdir(parents=True)
    static.mkdir()
    (sources / "index.ts").write_text("export {}", "utf-8")
    monkeypatch.setattr(front_end, "ROOT", tmp_path)
    monkeypatch.setattr(front_end, "FRONTEND", tmp_path / "frontend")
    monkeypatch.setattr(front_end, "ENTRY", static / "index.js")
    monkeypatch.setattr(front_end, "BUILT_FROM", static / "built_from.txt")
    front_end.ENTRY.write_text("built", "utf-8")
    front_end.BUILT_FROM.write_text(front_end.digest(front_end.sources()), "ascii")
    return tmp_path


def no_npm() -> None:
    """What ``find_npm`` answers where there is none."""


def test_an_output_of_the_same_sources_is_current_and_needs_no_node(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_end, "find_npm", no_npm)

    assert front_end.is_current()
    assert front_end.missing_requirements() == []
    front_end.build()


@pytest.mark.parametrize("name", ["src/index.ts", "src/new.ts", "package.json"])
def test_a_changed_or_new_source_makes_the_output_stale(tree: Path, name: str) -> None:
    (tree / "frontend" / name).write_text("export const changed = 1", "utf-8")

    assert not front_end.is_current()


@pytest.mark.parametrize("name", ["src/node_modules/index.ts", "src/index.test.ts"])
def test_installed_packages_and_tests_are_no_sources(tree: Path, name: str) -> None:
    (tree / "frontend" / name).write_text("export const changed = 1", "utf-8")

    assert front_end.is_current()


def test_a_missing_output_is_stale(tree: Path) -> None:
    front_end.ENTRY.unlink()

    assert not front_end.is_current()


def test_without_the_sources_the_output_that_is_there_is_taken(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_end, "FRONTEND", tree / "nowhere")

    assert front_end.is_current()


def test_a_stale_output_where_there_is_no_node_asks_for_pypis(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_end, "find_npm", no_npm)
    front_end.ENTRY.unlink()

    assert front_end.missing_requirements() == [front_end.NODE_PACKAGE]
    with pytest.raises(front_end.FrontEndError, match=r"needs Node 20\.19, 22\.12 or newer"):
        front_end.build()


@pytest.mark.parametrize(
    ("version", "new_enough"),
    [
        ("v18.20.8", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("no version", False),
    ],
)
def test_a_node_on_path_is_taken_if_vite_runs_on_it(
    version: str, new_enough: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{version}'\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(front_end, "_npm_from_pypi", no_npm)

    found = front_end.find_npm()

    assert found == (front_end.Npm((str(tmp_path / "npm"),), tmp_path) if new_enough else None)
