"""Which paths are remote, and the package that fsspec needs to read them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# What ``pip install`` needs to be told. fsspec comes with most of them.
_PACKAGES: Mapping[str, str] = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "hdfs": "fsspec pyarrow",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "az": "adlfs",
}


def is_remote(path: str) -> bool:
    """Whether ``path`` is a URL of a remote store, such as ``s3://bucket/runs``."""
    return "://" in path and _SCHEME.match(path) is not None


def scheme_of(url: str) -> str:
    """``s3`` of ``s3://bucket/runs``. Raises ValueError for a path of this machine."""
    match = _SCHEME.match(url)
    if match is None:
        raise ValueError(f"{url!r} is no URL.")
    return match[1].lower()


def packages_for(scheme: str) -> str:
    """What to ``pip install`` to read such URLs: package names, separated by blanks."""
    return _PACKAGES.get(scheme, "fsspec")
