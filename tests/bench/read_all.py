"""A fresh process reads every point of a log directory into columns; the benchmark times it.

python -m tests.bench.read_all DIR
"""

from __future__ import annotations

import sys

from tb_trainmon.core.columns import GrowingColumn
from tb_trainmon.event_files.event_file import EventFile
from tb_trainmon.event_files.glance import glance
from tb_trainmon.event_files.scan import FoundFile, scan_logdir


def found_in(folder: str) -> list[FoundFile]:
    scan = scan_logdir(folder, lambda _: False)
    return [file for part in scan.folders for file in part.event_files]


def read_all(folder: str) -> list[dict[str, GrowingColumn]]:
    """The columns of every event file below ``folder``, by tag."""
    files = []
    for found in found_in(folder):
        columns: dict[str, GrowingColumn] = {}
        for tag, points in EventFile(found.path).read().scalars.items():
            columns.setdefault(tag, GrowingColumn()).extend(points)
        files.append(columns)
    return files


if __name__ == "__main__":
    if sys.argv[2:] == ["--glance"]:
        glances = [glance(found.path) for found in found_in(sys.argv[1])]
        sys.stdout.write(f"{sum(seen.tail.events > 0 for seen in glances)} files\n")
    else:
        columns = [column for file in read_all(sys.argv[1]) for column in file.values()]
        sys.stdout.write(f"{sum(map(len, columns))} points\n")
