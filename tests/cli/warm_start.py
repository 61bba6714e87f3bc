"""``trainmon`` without the half second that it imports for: each command is the fork of a server.

A process of its own, with the files, the folder and the environment of whoever asks, that ends as
Python ends. How it starts is seen by what is run without this.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from tb_trainmon import cli

ROOT = Path(__file__).parents[2]

#: Stands for the command: hands over what it has, and ends as the command does.
STAND_IN = """
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    socket.send_fds(server, [b" "], [0, 1, 2])
    server.sendall(json.dumps([sys.argv[2:], os.getcwd(), dict(os.environ)]).encode())
    server.shutdown(socket.SHUT_WR)
    sys.exit(int(server.recv(8)))
"""


@contextmanager
def warm_command() -> Iterator[tuple[str, ...]]:
    """What stands for ``python -W error -m tb_trainmon.cli`` while the server runs."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        address = str(Path(folder) / "socket")
        listener.bind(address)
        listener.listen()
        server = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.cli.warm_start", str(listener.fileno())],
            cwd=ROOT,
            # A fork has no other threads: none may wait for them.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
        listener.close()
        with server:
            yield (sys.executable, "-I", "-S", "-c", STAND_IN, address)


# ---- in the server -------------------------------------------------------------------------------


def main(listener: socket.socket) -> None:
    """Serve until standard input ends; in a fork, be the command."""
    import_the_commands()
    gc.freeze()
    if serve(listener):
        runpy.run_module("tb_trainmon.cli", run_name="__main__", alter_sys=True)


def import_the_commands() -> None:
    """All but what runs one."""
    found = [module.name for module in pkgutil.walk_packages(cli.__path__, f"{cli.__name__}.")]
    for name in (*found, *(command.module for command in cli.COMMANDS)):
        if not name.endswith(".__main__"):
            import_module(name)


def serve(listener: socket.socket) -> bool:
    """Fork for everybody who comes; True in a fork that is to be the command."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return False
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            attend(connection)
            return True
        connection.close()


def attend(connection: socket.socket) -> None:
    """Fork the command and tell of its end; returns in the command alone."""
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("rb") as rest:
        arguments, folder, environment = json.load(rest)
    command = os.fork()
    if command:
        _, status = os.waitpid(command, 0)
        connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    connection.close()
    become(files, folder, environment)
    sys.argv[1:] = arguments


def become(files: list[int], folder: str, environment: dict[str, str]) -> None:
    """Have the three standard files, the folder and the environment of whoever asked."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    # Not the server's, told to use them otherwise: those remember of what kind its files are.
    sys.stdout = open(1, "w", encoding=encoding, closefd=False)  # noqa: SIM115
    sys.stderr = open(  # noqa: SIM115
        2, "w", encoding=encoding, errors="backslashreplace", closefd=False
    )


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv.pop())) as listening:
        main(listening)
