"""Query string -> answer -> bytes. Knows HTTP, knows no file and no SQL. See docs/http_api.md."""
