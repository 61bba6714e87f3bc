"""Whether tests may mount file systems: to fill one up, or to have one that is read-only."""

from __future__ import annotations

import shutil
import subprocess


def may_mount() -> bool:
    """Whether this user may mount a file system, out of everybody else's sight."""
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return shutil.which("unshare") is not None and (
        subprocess.run(command, capture_output=True, check=False).returncode == 0
    )
