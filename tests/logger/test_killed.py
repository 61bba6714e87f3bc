"""``kill -9`` at random moments: see ``tests.bench.kills``, which does it two hundred times."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.bench.kills import kill_once


@pytest.mark.waits
@pytest.mark.slow
def test_of_twelve_kills_each_costs_a_second_at_most_and_file_and_table_agree(
    tmp_path: Path,
) -> None:
    moments = random.Random(7)
    found = [
        kill_once(tmp_path, moments.uniform(0.0, 1.5), from_its_first_row=number % 4 > 0)
        for number in range(12)
    ]
    assert any(one.rows > 100 for one in found)
