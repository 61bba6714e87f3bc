"""What went wrong while something was read, said to the person who looks at the tab."""

from __future__ import annotations

from tb_trainmon.core.record import record


@record(frozen=True, slots=True)
class Problem:
    """One sentence about bad input: ``where`` it is, and what it is and what was done about it.

    ``code`` is stable, for programs and tests; ``message`` is for people. Everything that is not
    named in a problem was read and is shown.
    """

    code: str
    where: str
    message: str
