"""A plugin for pytest: the tests that matter most first, and none begun after a while.

    python -m pytest -p build_support.pytest_within --first tests/a/test_b.py --within 30 tests/a

What is not begun in time is skipped and says so.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

LEFT = "not begun within {seconds:g} s; `make test` runs it"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two options."""
    parser.addoption("--first", action="append", default=[], help="a file of tests to begin with")
    parser.addoption("--within", type=float, default=30.0, help="seconds to begin tests in")


def pytest_configure(config: pytest.Config) -> None:
    """Each process of the run watches the clock."""
    seconds: float = config.getoption("--within")
    first = {Path(path).resolve() for path in config.getoption("--first")}
    config.pluginmanager.register(_Within(seconds, first))


class _Within:
    def __init__(self, seconds: float, first: set[Path]) -> None:
        self._seconds = seconds
        self._until = math.inf
        self._first = first

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: item.path not in self._first)

    def pytest_collection_finish(self) -> None:
        self._until = time.monotonic() + self._seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        if time.monotonic() > self._until:
            pytest.skip(LEFT.format(seconds=self._seconds))
