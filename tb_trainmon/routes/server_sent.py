"""Server-sent events, as the HTML standard defines them (section 9.2.6)."""

from __future__ import annotations

from collections.abc import Sequence

from tb_trainmon.routes.json_bytes import dumped
from tb_trainmon.routes.messages import Message

#: Opens a stream at once, so that its reader knows that nothing on the way holds it back; a reader
#: that is cut off comes back after two seconds.
OPENING = b"retry: 2000\n\n"
#: Keeps proxies from closing a stream on which nothing happens, and finds out who has gone.
COMMENT = b":\n\n"


def events(messages: Sequence[Message], cursor: str) -> bytes:
    """``messages`` as events, of which the last has ``cursor`` for its id; nothing for none.

    ``points`` come last: whoever is cut off before them goes on from the cursor before, gets
    ``task`` and ``logs`` a second time, which changes nothing, and points only once.
    """
    ordered = sorted(messages, key=lambda message: message["type"] == "points")
    return b"".join(_event(message) for message in ordered[:-1]) + b"".join(
        _event(message, cursor) for message in ordered[-1:]
    )


def _event(message: Message, cursor: str | None = None) -> bytes:
    id_ = b"" if cursor is None else b"id: %b\n" % cursor.encode()
    return b"event: %b\n%bdata: %b\n\n" % (message["type"].encode(), id_, dumped(message))
