"""Which file system a folder lies on, as far as that matters to a database: a network's, or not.

SQLite's write-ahead log is shared memory, which machines do not share; and the locks of many
network file systems do not hold what they promise (https://www.sqlite.org/wal.html, point 2, and
https://www.sqlite.org/howtocorrupt.html, 2.1).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

#: By the names that the kernel gives them. Without those of FUSE, which are ``fuse.<program>``.
NETWORK = frozenset({
    "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "gpfs",
    "lustre", "mmfs", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "prl_fs", "pvfs2",
    "shfs", "smb2", "smb3", "smbfs", "vboxsf", "vmhgfs", "wekafs",
})  # fmt: skip

#: Programs behind FUSE that serve this machine's own disks.
LOCAL_FUSE = frozenset({
    "fuse.bindfs", "fuse.encfs", "fuse.exfat", "fuse.ext2", "fuse.fuse-overlayfs",
    "fuse.gocryptfs", "fuse.lxcfs", "fuse.mergerfs", "fuse.ntfs", "fuse.ntfs-3g", "fuse.unionfs",
    "fuse.unionfs-fuse",
})  # fmt: skip

MOUNTS = Path("/proc/self/mounts")


def network_file_system(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The name of the network file system that ``path`` lies on; None: a local one, or unknown."""
    kind = file_system(path, mounts)
    if kind is None:
        return None
    is_network = kind in NETWORK or (kind.startswith("fuse.") and kind not in LOCAL_FUSE)
    return kind if is_network else None


def file_system(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The name of the file system that ``path`` lies on, or would; None where nobody says."""
    try:
        text = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    real = os.path.realpath(path)
    best, found = -1, None
    # The last of two mounts at one place covers the first.
    for place, kind in _mounted(text):
        inside = real == place or real.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= best:
            best, found = len(place), kind
    return found


def _mounted(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) >= 3:
            yield _unescaped(fields[1]), fields[2]


def _unescaped(place: str) -> str:
    # proc(5): these four are written as octal numbers.
    for code, character in (("040", " "), ("011", "\t"), ("012", "\n"), ("134", "\\")):
        place = place.replace(f"\\{code}", character)
    return place
