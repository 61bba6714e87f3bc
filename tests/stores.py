"""Stores for the tests: fsspec's ``memory://``, and a real S3 API on loopback (moto's server)."""

from __future__ import annotations

import contextlib
import logging
import secrets
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import fsspec
import pytest

BUCKET = "bucket"


def at_once(work: Callable[[], None]) -> None:
    """What a test starts instead of a thread: the work is done when it is started."""
    work()


class Folder:
    """A folder of a store, of the test's own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.system, self.root = fsspec.url_to_fs(url)

    def put(self, name: str, data: bytes, modified_at: float | None = None) -> str:
        """Write a file anew, as stores do; gives its URL. Only ``memory://`` takes a time."""
        path = f"{self.root}/{name}"
        self.system.pipe_file(path, data)
        if modified_at is not None and self.url.startswith("memory:"):
            self.system.store[path].created = datetime.fromtimestamp(modified_at, timezone.utc)
        return f"{self.url}/{name}"

    def remove(self, name: str) -> None:
        """Delete a file."""
        self.system.rm_file(f"{self.root}/{name}")

    def names(self) -> set[str]:
        """The files that there are."""
        self.system.invalidate_cache()
        return {path[len(self.root) + 1 :] for path in self.system.find(self.root)}

    def mirror(self, folder: Path) -> None:
        """Be what ``folder`` on disk is."""
        files = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
        files = {name: path for name, path in files.items() if path.is_file()}
        for name in self.names() - files.keys():
            self.remove(name)
        for name, path in files.items():
            self.put(name, path.read_bytes(), path.stat().st_mtime)


def memory_folder() -> Folder:
    """An empty folder of ``memory://``."""
    return Folder(f"memory://{secrets.token_hex(4)}/logs")


class S3:
    """A server that speaks S3, with the environment that leads every client to it."""

    def __init__(self) -> None:
        # Late: importing it makes a client library look for credentials.
        from moto.server import ThreadedMotoServer  # noqa: PLC0415

        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line a request
        self._make = ThreadedMotoServer
        self._server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
        self._server.start()
        self._port = self._server.get_host_and_port()[1]
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._port}",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def folder(self) -> Folder:
        """An empty folder of a bucket."""
        folder = Folder(f"s3://{BUCKET}/{secrets.token_hex(4)}/logs")
        if not folder.system.exists(BUCKET):
            folder.system.mkdir(BUCKET)
        return folder

    def stop(self) -> None:
        """The store is gone; what it holds is kept."""
        self._server.stop()

    @contextlib.contextmanager
    def gone(self) -> Iterator[None]:
        """The store is gone for the time of the block."""
        self.stop()
        try:
            yield
        finally:
            self._server = self._make("127.0.0.1", port=self._port, verbose=False)
            self._server.start()


@contextlib.contextmanager
def running_s3() -> Iterator[S3]:
    """A server for the time of the block."""
    server = S3()
    with tempfile.TemporaryDirectory() as cache, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", cache)
        for name, value in server.environment.items():
            patch.setenv(name, value)
        try:
            yield server
        finally:
            fsspec.get_filesystem_class("s3").clear_instance_cache()
            server.stop()
