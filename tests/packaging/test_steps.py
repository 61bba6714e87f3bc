from __future__ import annotations

from build_support.steps import Done, Step, report, run


def test_a_failure_is_told_whole_and_a_success_in_a_line() -> None:
    step = Step("lint", ())
    assert report(Done(step, True, "a\nb\n", 1.2)) == "FAILED  lint (1 s)\na\nb\n"
    assert report(Done(step, False, "a\nb\n", 1.2)) == "ok      lint (1 s): b\n"


def test_an_exit_code_that_is_allowed_is_no_failure() -> None:
    command = ("sh", "-c", "echo said; exit 5")
    assert run(Step("tests", command)).failed
    assert not run(Step("tests", command, allowed=5)).failed
    assert run(Step("tests", command)).said == "said\n"
