"""A port that TensorBoard can have, and whether it answers there."""

from __future__ import annotations

import contextlib
import errno
import http.client
import socket

HOST = "localhost"


def free_port(wanted: int) -> int:
    """``wanted`` if nobody has it, else one that the system picks."""
    if wanted == 0 or not _is_free(wanted):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port
    return wanted


def answers(port: int) -> bool:
    """Whether a web server answers at ``port``."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def _is_free(port: int) -> bool:
    # "localhost" may be IPv4 or IPv6; TensorBoard takes whichever comes first, so ask for both.
    families = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
    return all(_can_bind(family, address, port) for family, address in families)


def _can_bind(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            # As servers do: a port whose last connections are still fading counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        # A machine without IPv6 has no such address; that is no reason against the port.
        return error.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True
