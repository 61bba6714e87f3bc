"""Whatever is wrong with a store is one sentence that says what to do."""

from __future__ import annotations

import sys

import pytest

from tb_trainmon.event_files.remote.store import Store
from tb_trainmon.event_files.remote.trouble import StoreTrouble, trouble
from tests.stores import S3


def said(url: str) -> tuple[str, str]:
    """What is said of the store at ``url``: code and sentence."""
    with pytest.raises((OSError, ImportError)) as caught:
        Store(url).listing()
    problem = trouble(url, caught.value)
    assert problem.where == url
    return problem.code, problem.message


@pytest.mark.parametrize(
    ("url", "module", "package"),
    [
        ("s3://bucket/logs", "s3fs", "pip install s3fs."),
        ("gs://bucket/logs", "gcsfs", "pip install gcsfs."),
        ("hdfs://host/logs", "pyarrow.fs", "pip install fsspec pyarrow."),
        ("s3://bucket/logs", "fsspec", "pip install s3fs."),
    ],
)
def test_a_package_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, url: str, module: str, package: str
) -> None:
    known = sys.modules["fsspec.registry"]._registry
    monkeypatch.delitem(known, url.partition(":")[0], raising=False)
    monkeypatch.setitem(sys.modules, module, None)  # Python's way to say: not installed
    code, sentence = said(url)
    assert code == "remote_package"
    assert package in sentence


def test_a_scheme_that_nobody_reads_is_said_to_be() -> None:
    code, sentence = said("nonsense://there")
    assert code == "remote_scheme"
    assert "nonsense://" in sentence


def test_missing_credentials_are_said_to_be(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = s3.folder()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    code, sentence = said(folder.url)
    assert code == "remote_credentials"
    assert "credentials for s3://" in sentence


def test_a_store_that_denies_access_is_said_to() -> None:
    problem = trouble("s3://b/logs", PermissionError("Access Denied"))
    assert problem.code == "remote_denied"
    assert problem.message == "The store denies access: Access Denied."


def test_what_a_client_says_at_length_is_cut_and_put_on_one_line() -> None:
    problem = trouble("s3://b/logs", StoreTrouble("word\n" * 1000))
    assert problem.code == "remote_unreachable"
    assert "\n" not in problem.message
    assert len(problem.message) < 400
