"""A fresh process reads every point of a log directory into columns; the benchmark times it.

python -m tests.bench.read_all DIR
"""

from __future__ import annotations

import sys

from tb_trainmon.core.columns import GrowingColumn
from tb_trainmon.event_files.event_file import EventFile
from tb_trainmon.event_files.scan import scan_logdir


def read_all(folder: str) -> list[dict[str, GrowingColumn]]:
    """The columns of every event file below ``folder``, by tag."""
    files = []
    for found in (file for part in scan_logdir(folder, never).folders for file in part.event_files):
        columns: dict[str, GrowingColumn] = {}
        for tag, points in EventFile(found.path).read().scalars.items():
            columns.setdefault(tag, GrowingColumn()).extend(points)
        files.append(columns)
    return files


def never(_: str) -> bool:
    return False


if __name__ == "__main__":
    columns = [column for file in read_all(sys.argv[1]) for column in file.values()]
    total = sum(float(column.view().value.sum()) for column in columns)
    sys.stdout.write(f"{sum(map(len, columns))} points, sum {total:g}\n")
