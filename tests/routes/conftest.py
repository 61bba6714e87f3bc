from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.routes import golden
from tests.routes.site import Clock, Site

NewSite = Callable[..., Site]


@pytest.fixture
def clock() -> Clock:
    """The time that it is now, standing still."""
    return Clock()


@pytest.fixture
def open_site(clock: Clock) -> NewSite:
    """``open_site(logdir)``: a TensorBoard that was just started on it."""

    def build(logdir: Path | str, static: Path | None = None) -> Site:
        return Site(logdir, clock, static)

    return build


@pytest.fixture(scope="session")
def transformers(real_logs: Path) -> Site:
    """Over logs of the Hugging Face Trainer, long after they ended. For tests that only read."""
    return Site(real_logs / "transformers_v5", Clock(1_795_400_000.0))


@pytest.fixture(scope="session")
def torch_logs(real_logs: Path) -> Site:
    """Over logs of torch's SummaryWriter, with values that are not finite."""
    return Site(real_logs / "torch_summarywriter", Clock(1_795_400_000.0))


@pytest.fixture(scope="session")
def wire_messages(real_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What the routes answer about the scene of the golden messages, by file name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", lambda size: "5c" * size)  # the boot in every cursor
        return golden.play(real_logs, tmp_path_factory.mktemp("scene"))
