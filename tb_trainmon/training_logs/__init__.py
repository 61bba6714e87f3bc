"""The companion database: its schema, a contract (docs/training_logs.md), and all SQL.

In come rows to be written and questions; out go rows as they stand there, and sentences where the
database cannot answer. What they mean is judged elsewhere.
"""
