"""Damaged logs make no route fail, and both decoders say the same of them. More: ``make fuzz``."""

from __future__ import annotations

import pytest

from tests.fuzz.campaign import round_of


@pytest.mark.parametrize("seed", range(24))
def test_a_round_of_the_campaign(seed: int) -> None:
    assert round_of(seed) == []
