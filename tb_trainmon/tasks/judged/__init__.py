"""What is said of a task: attempts, metrics, total, progress and status, each with its source.

In come a layout and what its files show, from heads and tails or from all points (``parts``), the
time, and where siblings ended; out goes an ``Assessment``. No module here opens an event file.
"""
