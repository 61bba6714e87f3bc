"""Whether a task runs, has ended, failed or fell silent, and the evidence for it.

In come what its files show, its counter and total, and the time; out goes a ``Verdict``.
"""
