"""``make test``: fails when anything fails, and says what."""

from __future__ import annotations

import pytest

from build_support import pytest_again, whole
from build_support.steps import Step

WELL, BAD = Step("checks", ("true",)), Step("front end's tests", ("sh", "-c", "echo why; false"))


@pytest.mark.parametrize(
    ("tests", "beside", "code"),
    [(0, (WELL,), 0), (0, (WELL, BAD), 1), (0, (BAD, WELL), 1), (1, (WELL,), 1)],
)
def test_it_fails_when_anything_fails(
    tests: int,
    beside: tuple[Step, ...],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(whole, "BESIDE", beside)
    monkeypatch.setattr(pytest_again, "main", lambda _options, alone: alone() and tests)
    assert whole.main([]) == code
    said = capfd.readouterr().out
    assert ("FAILED  front end's tests (0 s)\nwhy" in said) == (BAD in beside)
    assert "ok      checks" in said
