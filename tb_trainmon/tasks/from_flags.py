"""All tasks, from the flags that TensorBoard's plugin and the command ``trainmon`` share."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from math import inf
from pathlib import Path

from tb_trainmon.event_files.remote.disks import Disks
from tb_trainmon.tasks.found.databases import Databases
from tb_trainmon.tasks.found.records import SideFiles
from tb_trainmon.tasks.found.roots import Root
from tb_trainmon.tasks.listed.catalogue import PATIENCE, Catalogue
from tb_trainmon.tasks.opened.memory_budget import DEFAULT_BUDGET
from tb_trainmon.tasks.service import Tasks

DATABASE_VARIABLE = "TRAINMON_DB_URL"

_SERVER_PATIENCE = 1.5  # seconds that a list waits for a database server, if it waits not for all


def tasks_from_flags(
    roots: Sequence[Root],
    database: str,
    config: str,
    patience: float = PATIENCE,
    budget: int = DEFAULT_BUDGET,
) -> Tasks:
    """The tasks below ``roots``; an empty text is a flag that was not given.

    The environment variable TRAINMON_DB_URL names a database before the flag does: it may hold a
    password, which a flag must not. ``patience`` is the catalogue's, ``budget`` that of ``Tasks``
    in bytes.
    """
    disks = Disks(time.time, cache=_cache_folder())
    side_files = SideFiles(disks, [root.path for root in roots])
    named = os.environ.get(DATABASE_VARIABLE) or database
    catalogue = Catalogue(
        roots,
        Databases(named or None, inf if patience == inf else _SERVER_PATIENCE),
        side_files,
        time.time,
        config or None,
        disks,
        patience=patience,
    )
    return Tasks(catalogue, side_files, time.time, budget, reads_on=patience < inf)


def _cache_folder() -> Path | None:
    """Where programs keep what they can do without; None for who has no home."""
    with suppress(RuntimeError):
        named = os.environ.get("XDG_CACHE_HOME")
        return (Path(named) if named else Path.home() / ".cache") / "trainmon" / "stores"
    return None
