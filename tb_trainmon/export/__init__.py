"""Every point of a task as one table, streamed in a file format. See docs/export.md."""
