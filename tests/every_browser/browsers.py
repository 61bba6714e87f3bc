"""Starts each browser as it is installed, without a window that anybody could see."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.browser.find_chromium import find
from tests.every_browser.webdriver import Marionette, Session, WebDriver
from tests.ports import free_port, listens

STARTS_WITHIN_SECONDS = 60
SIZE = (1280, 900)


class NoBrowser(Exception):
    """It is not here; the text says what to install."""


@contextmanager
def chromium(folder: Path) -> Iterator[Session]:
    """Chromium by its driver; files are saved in ``folder / "saved"``."""
    driver = _program("chromedriver", "chromium-driver")
    port = free_port()
    options = {
        "binary": str(find()),
        "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 f"--user-data-dir={folder / 'profile'}"],
        "prefs": {"download.default_directory": str(folder / "saved")},
    }  # fmt: skip
    with _running([driver, f"--port={port}"], folder):
        _wait_until(lambda: listens(port), "chromedriver does not start")
        yield from _closing(WebDriver(port, {"goog:chromeOptions": options}))


@contextmanager
def firefox(folder: Path) -> Iterator[Session]:
    """Firefox, which needs no driver."""
    program = _program("firefox", "firefox-esr", "firefox-esr")
    profile = folder / "profile"
    profile.mkdir()
    choices = {
        "marionette.port": 0,
        "browser.download.folderList": 2,
        "browser.download.dir": str(folder / "saved"),
        "browser.download.alwaysOpenPanel": False,
    }
    lines = [f"user_pref({_quoted(name)}, {_quoted(value)});\n" for name, value in choices.items()]
    (profile / "user.js").write_text("".join(lines), "utf-8")
    told = profile / "MarionetteActivePort"
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    with _running(command, folder):
        _wait_until(lambda: told.is_file() and told.read_text() != "", "Firefox does not start")
        session = Marionette(int(told.read_text()))
        try:
            yield session
        finally:
            session.close()


@contextmanager
def webkit(folder: Path) -> Iterator[Session]:
    """WebKitGTK's small browser: Safari's engine, as Debian has it. It needs a display."""
    driver = _program("WebKitWebDriver", "webkit2gtk-driver")
    port = free_port()
    (folder / ".config").mkdir()
    (folder / ".config" / "user-dirs.dirs").write_text(f'XDG_DOWNLOAD_DIR="{folder / "saved"}"\n')
    with _display(folder) as display:
        # Without a graphics card it would draw by one that is simulated.
        environment = {"DISPLAY": display, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
        with _running([driver, f"--port={port}"], folder, environment):
            _wait_until(lambda: listens(port), "WebKitWebDriver does not start")
            yield from _closing(WebDriver(port, {}))


BROWSERS: Mapping[str, Callable[[Path], AbstractContextManager[Session]]] = {
    "chromium": chromium,
    "firefox": firefox,
    "webkit": webkit,
}


@contextmanager
def _display(folder: Path) -> Iterator[str]:
    program = _program("Xvfb", "xvfb")
    read, write = os.pipe()
    width, height = SIZE[0] + 100, SIZE[1] + 200
    screen = ["-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    command = [program, "-displayfd", str(write), *screen]
    with _running(command, folder, keep=write), os.fdopen(read, "rb") as told:
        os.close(write)
        yield f":{told.readline().decode().strip()}"


def _closing(session: Session) -> Iterator[Session]:
    try:
        yield session
    finally:
        session.command("DeleteSession")


@contextmanager
def _running(
    command: list[str], folder: Path, environment: Mapping[str, str] | None = None, keep: int = -1
) -> Iterator[None]:
    """A program with ``folder`` for its home, and nobody else's settings in it."""
    with (folder / f"{Path(command[0]).name}.txt").open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, "HOME": str(folder), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=() if keep < 0 else (keep,),
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _program(*names_and_package: str) -> str:
    *names, package = names_and_package
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise NoBrowser(
        f"There is no {names[0]} here: `make test-browsers` installs Debian's package {package} "
        "where it runs as root, and elsewhere it has to be installed by hand."
    )


def _wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise NoBrowser(f"{otherwise}: nothing within {STARTS_WITHIN_SECONDS} s.")
        time.sleep(0.05)


def _quoted(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'
