"""Who is training: which machine, which process, which framework, which rank."""

from __future__ import annotations

import os
import re
import socket
import sys

#: The first of these that is imported names the framework.
FRAMEWORKS = ("transformers", "lightning", "keras", "torch", "tensorflow", "jax", "numpy")


def host_name(override: str | None) -> str:
    """The machine's name, as it may stand in a file name."""
    return re.sub(r"[^\w.-]", "_", override or socket.gethostname()) or "unknown"


def framework_name(override: str | None) -> str | None:
    """The framework that this process has imported, with its version."""
    if override is not None:
        return override
    found = next((sys.modules[name] for name in FRAMEWORKS if name in sys.modules), None)
    if found is None:
        return None
    return f"{found.__name__} {getattr(found, '__version__', '')}".strip()


def is_writer() -> bool:
    """Whether this process is rank 0 of a distributed training, or not distributed at all."""
    return os.environ.get("RANK", "0").strip() in ("", "0")
