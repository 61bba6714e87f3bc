"""Who adds a line to the table asks which one has a tag today."""

from __future__ import annotations

import pytest

from tb_trainmon.tasks.metric_names.__main__ import who_has


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("time/optimizer", "time / optimizer: no metric, by line "),
        ("lm loss", "lm loss: loss, by line "),
        ("val/mIoU", "val / miou: miou, by its line of measures"),
        ("train/widget_fraction", "train / widget frac: no line has it."),
    ],
)
def test_the_line_that_has_a_tag_is_named(tag: str, told: str) -> None:
    assert who_has(tag).startswith(f"{tag}: {told}")
