"""A task's rows in the companion table: its points, and the way to each row.

In come a task's table and its attempts, by number; out go points, counts and rows as they are asked
for. All SQL is in ``training_logs``.
"""
