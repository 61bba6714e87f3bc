"""Every point of a task as one table, streamed in a file format. See docs/export.md.

In comes an open task; out goes a file, piece by piece, of which no more than a piece is held.
"""
