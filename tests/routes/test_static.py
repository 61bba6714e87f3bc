"""The built front end: served from its folder, and nothing else from anywhere else."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.routes.conftest import NewSite
from tests.routes.site import Site

INDEX = "export function render() {}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built front end, and a file beside it that nobody may have."""
    built = tmp_path / "static"
    (built / "chunks").mkdir(parents=True)
    (built / "index.js").write_text(INDEX)
    (built / "tab.css").write_text("p {}")
    (built / "chunks" / "worker-3fA9.js").write_text("//" + "x" * 5000)
    (built / "notes.txt").write_text("not for the browser")
    (tmp_path / "secret.js").write_text("secret")
    (tmp_path / "static-other").mkdir()
    (tmp_path / "static-other" / "secret.js").write_text("secret")
    return built


@pytest.fixture
def site(folder: Path, tmp_path: Path, open_site: NewSite) -> Site:
    return open_site(tmp_path / "logs", static=folder)


def test_the_entry_module_is_served(site: Site) -> None:
    answer = site.answer("index.js")
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["index.js", "chunks/worker-3fA9.js"])
def test_a_browser_asks_again_for_a_file_and_is_told_that_it_is_the_same(
    site: Site, name: str
) -> None:
    """After an upgrade nobody looks at the old page, and until then nothing is sent twice."""
    first = site.answer(name)
    assert first.headers["Cache-Control"] == "no-cache"
    again = site.answer(name, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_files_are_compressed_when_that_is_asked_for(site: Site) -> None:
    plain = site.answer("chunks/worker-3fA9.js")
    packed = site.answer("chunks/worker-3fA9.js", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)


@pytest.mark.parametrize(
    "name",
    [
        "../secret.js",
        "..%2fsecret.js",
        "%2e%2e/secret.js",
        "chunks/../../secret.js",
        "chunks/..%2f..%2fsecret.js",
        "../static-other/secret.js",
        "..\\secret.js",
        "..%5csecret.js",
        "....//secret.js",
        "/etc/hostname.js",
        "%00.js",
        "index.js%00.js",
        "x" * 5000 + ".js",
        "notes.txt",
        "chunks",
        "chunks/",
        "nothing.js",
        "INDEX.JS",
    ],
)
def test_nothing_else_is_served(site: Site, name: str) -> None:
    """Not what lies outside, not what has no business in a browser, and it is no defect either."""
    answer = site.answer(name)
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.js", "")
    body = answer.json
    assert body is not None
    assert body["error"]["code"] == "unknown_route"


def test_a_link_out_of_the_folder_is_not_followed(site: Site, folder: Path) -> None:
    (folder / "link.js").symlink_to(folder.parent / "secret.js")
    assert site.answer("link.js").status_code == 404


@pytest.mark.parametrize("there", [True, False])
def test_without_a_front_end_the_tab_says_what_to_do(
    tmp_path: Path, open_site: NewSite, there: bool
) -> None:
    """A module that TensorBoard can load: a blank tab would explain nothing."""
    folder = tmp_path / "static"
    if there:
        folder.mkdir()
    answer = open_site(tmp_path, static=folder).answer("index.js")
    assert answer.status_code == 200
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.text.startswith("export function render()")
    assert "installed without its front end" in answer.text
    assert "make build" in answer.text


def test_the_data_is_there_even_if_the_front_end_is_not(tmp_path: Path, open_site: NewSite) -> None:
    assert open_site(tmp_path, static=tmp_path / "gone").get("tasks")["tasks"] == []
