"""How far a task is."""

from __future__ import annotations

import pytest

from tb_trainmon.tasks.judged.progress.share import progress


@pytest.mark.parametrize(
    ("step", "total", "share"),
    [
        (0, 100, 0.0),
        (50, 100, 0.5),
        (120, 100, 1.0),
        (-1, 100, 0.0),
        (5, None, None),
        (None, 9, None),
    ],
)
def test_progress_is_a_share_of_the_total(
    step: int | None, total: int | None, share: float | None
) -> None:
    assert progress(step, total) == share
