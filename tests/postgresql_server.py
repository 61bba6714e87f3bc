"""A real PostgreSQL server for the tests, made and started by them; with ``--install``, got first.

The programs are those of the folder that the environment variable TRAINMON_POSTGRESQL names, those
on PATH, or Debian's. ``--install`` adds Debian's package, as root where there is apt-get. Where
there are none, tests that need a server are skipped and say so; in CI (``CI`` is set) they fail.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VARIABLE = "TRAINMON_POSTGRESQL"
DEBIAN = Path("/usr/lib/postgresql")
PASSWORD = "geheim%/:@#1"
INSTALL_SECONDS = 600
START_SECONDS = 60

NONE_FOUND = (
    "There is no PostgreSQL server here to test with. On Debian: sudo apt-get install postgresql; "
    f"or name the folder of its programs: export {VARIABLE}=/path/to/bin"
)


class NoPostgreSQL(Exception):
    """There is none, or it does not start; the text says what to do."""


class Server:
    """A server of its own on a port of the loopback, in a folder that goes with it."""

    def __init__(self) -> None:
        self._programs = find()
        # Not in pytest's folder: the server runs as a user who may not enter that.
        self._folder = Path(tempfile.mkdtemp(prefix="trainmon-postgresql-"))
        self._data = self._folder / "data"
        self._user = _user_to_be()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self._make()
        self.start()

    def url(self, database: str = "postgres", user: str = "trainmon") -> str:
        """What TRAINMON_DB_URL would be; the password in it needs quoting."""
        password = "geheim%25%2F%3A%40%231"
        return f"postgresql+psycopg://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """A new, empty database; gives its URL."""
        self.run(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def run(self, statement: str, database: str = "postgres") -> str:
        """Any statement, as psql; gives what it answers."""
        command = [self._program("psql"), "-X", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"]
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "trainmon", "-d", database]
        said = subprocess.run(
            [*command, *where, "-c", statement],
            env={**os.environ, "PGPASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            check=True,
        )
        return said.stdout.strip()

    def start(self) -> None:
        """Start it (again), and wait until it answers."""
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "fsync": "off"}
        options["jit"] = "off"  # compiling takes longer than what it is asked here
        options |= {"unix_socket_directories": self._folder, "max_connections": 100}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [self._program("postgres"), "-D", str(self._data), *settings]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._as_user())  # type: ignore[call-overload]
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Stop it as a machine does that is switched off."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGQUIT)
            process.wait(START_SECONDS)

    def close(self) -> None:
        """Stop it for good."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make(self) -> None:
        password = self._folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        if self._user is not None:
            for path in (self._folder, password):
                shutil.chown(path, self._user)
        options = ["-U", "trainmon", "--auth=scram-sha-256", f"--pwfile={password}", "-E", "UTF8"]
        made = subprocess.run(
            [self._program("initdb"), "-D", str(self._data), "--no-sync", "--locale=C", *options],
            capture_output=True,
            text=True,
            check=False,
            **self._as_user(),  # type: ignore[call-overload]
        )
        if made.returncode:
            raise NoPostgreSQL(f"PostgreSQL's initdb failed: {made.stderr}")

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        ready = [self._program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode:
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = (self._folder / "log").read_text(encoding="utf-8", errors="replace")
                raise NoPostgreSQL(f"PostgreSQL does not start: {log}")
            time.sleep(0.05)

    def _program(self, name: str) -> str:
        return str(self._programs / name)

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {"cwd": self._folder}
        return {"cwd": self._folder, "user": self._user, "group": self._user, "extra_groups": []}


def find() -> Path:
    """The folder with a server's programs, the newest first. Raises NoPostgreSQL."""
    for folder in _candidates():
        if all((folder / name).exists() for name in ("postgres", "initdb", "psql", "pg_isready")):
            return folder
    raise NoPostgreSQL(NONE_FOUND)


def may_be_skipped() -> bool:
    """Whether tests may do without: on a machine that cannot have one, but never in CI."""
    return os.environ.get("CI", "").lower() not in ("1", "true", "yes")


def _candidates() -> list[Path]:
    named = os.environ.get(VARIABLE)
    if named:
        return [Path(named)]
    versions = sorted(DEBIAN.glob("*/bin"), key=lambda path: (len(str(path)), path), reverse=True)
    on_path = shutil.which("postgres")
    return [*versions, *([Path(on_path).resolve().parent] if on_path else [])]


def _user_to_be() -> str | None:
    """The server refuses to run as root; Debian's package makes a user for it."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    found = [name for name in ("postgres", "nobody") if name in names]
    if not found:
        raise NoPostgreSQL("PostgreSQL refuses to run as root, and there is no user postgres.")
    return found[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def install() -> None:
    """Add Debian's package, if there is no server and this may be done."""
    try:
        find()
    except NoPostgreSQL:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            return
        _say("There is no PostgreSQL here; installing Debian's.")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["update", "-q"],
            ["install", "-q", "-y", "--no-install-recommends", "postgresql"],
        ):
            subprocess.run(
                ["apt-get", *command],
                stdin=subprocess.DEVNULL,
                env=environment,
                timeout=INSTALL_SECONDS,
                check=False,
            )


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def main(arguments: list[str]) -> int:
    """Print where a server's programs are; with ``--install`` get one first if there is none."""
    if arguments == ["--install"]:
        install()
    try:
        _say(f"PostgreSQL: {find()}")
    except NoPostgreSQL as problem:
        _say(f"{'warning' if may_be_skipped() else 'error'}: {problem}")
        return 0 if may_be_skipped() else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
