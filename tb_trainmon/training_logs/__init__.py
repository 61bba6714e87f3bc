"""The companion database: its schema, a contract (docs/training_logs.md), and all SQL."""
