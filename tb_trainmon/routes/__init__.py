"""Query string -> answer -> bytes. Knows HTTP, knows no file and no SQL. See docs/http_api.md.

In come what other rooms concluded; here it becomes messages, and is judged no more.
"""
