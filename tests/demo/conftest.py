"""A model and a text small enough that a test may train them."""

from __future__ import annotations

import pytest

from tb_trainmon.demo.settings import Settings


@pytest.fixture
def small() -> Settings:
    """Learns a little within a second."""
    return Settings(
        total_steps=120,
        warm_up_steps=10,
        learning_rate=3e-3,
        hidden=32,
        embedding=8,
        evaluation_steps=40,
        checkpoint_steps=50,
    )
