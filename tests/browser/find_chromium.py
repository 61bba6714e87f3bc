"""Finds a Chromium for the browser tests; as a program with ``--install``, gets one if need be.

In this order: the one that the environment variable TRAINMON_CHROMIUM names; an installed Chromium
or Chrome; the one that Playwright downloaded. ``--install`` then tries Playwright's download and,
as root where there is apt-get, Debian's package. A browser counts only if it starts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

VARIABLE = "TRAINMON_CHROMIUM"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PLAYWRIGHT = [sys.executable, "-m", "playwright"]
DOWNLOAD_SECONDS = 600

NONE_FOUND = (
    "There is no Chromium for the browser tests. Install Chromium or Google Chrome (on Debian: "
    "sudo apt-get install chromium), or name one: export TRAINMON_CHROMIUM=/path/to/it. "
    "Where Playwright's own download lacks system libraries: "
    "sudo .venv/bin/playwright install-deps chromium"
)


class NoChromium(Exception):
    """There is none; the text says what to do."""


def find() -> Path:
    """The first Chromium that starts."""
    named = os.environ.get(VARIABLE)
    if named:
        if starts(Path(named)):
            return Path(named)
        raise NoChromium(f"{VARIABLE} names {named}, and that does not start.")
    for candidate in candidates():
        if starts(candidate):
            return candidate
    raise NoChromium(NONE_FOUND)


def candidates() -> Iterator[Path]:
    """Where a Chromium may be, best first."""
    yield from (Path(found) for found in map(shutil.which, COMMANDS) if found)
    yield from (Path(app) for app in MAC_APPS if Path(app).is_file())
    downloaded = _downloaded_by_playwright()
    if downloaded is not None:
        yield downloaded


def starts(chromium: Path) -> bool:
    """Whether the program runs: it has all its libraries and is no stub of a package manager."""
    try:
        answer = subprocess.run(
            [chromium, "--version"], capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and any(
        name in answer.stdout for name in (b"Chromium", b"Chrome")
    )


def install() -> Path:
    """The Chromium that is there, or else a new one."""
    _add_the_font_of_the_pictures()
    for attempt in (_nothing, _download, _add_libraries, _install_debian_package):
        attempt()
        try:
            return find()
        except NoChromium:
            if os.environ.get(VARIABLE):
                raise
    raise NoChromium(NONE_FOUND)


def _nothing() -> None:
    """What is there may do."""


def _download() -> None:
    _say("There is no Chromium here; trying Playwright's own download.")
    _run([*PLAYWRIGHT, "install", "--no-shell", "chromium"])


def _add_libraries() -> None:
    if _downloaded_by_playwright() is not None and _may_install_packages():
        _say("Playwright's Chromium does not start; installing the libraries that it needs.")
        _run([*PLAYWRIGHT, "install-deps", "chromium"])


def _install_debian_package() -> None:
    if _may_install_packages():
        _say("Installing Debian's Chromium.")
        _run(["apt-get", "update", "-q"])
        _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"])


def _add_the_font_of_the_pictures() -> None:
    known = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").is_file()
    if not known and _may_install_packages():
        _say("Installing DejaVu Sans, the font of the golden pictures.")
        _run(["apt-get", "update", "-q"])
        _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "fonts-dejavu-core"])


def _may_install_packages() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _downloaded_by_playwright() -> Path | None:
    # Imported late: as a program this file says in a sentence what is missing.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() else None


def _run(command: list[str]) -> None:
    """Run ``command`` and let it say what it does; whether it helped is found out by looking."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            env=environment,
            timeout=DOWNLOAD_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        _say(str(problem))


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def main(arguments: list[str]) -> int:
    """Print the path of a Chromium; with ``--install`` get one first if there is none."""
    look: Callable[[], Path] = install if arguments == ["--install"] else find
    try:
        chromium = look()
    except NoChromium as problem:
        _say(f"error: {problem}")
        return 1
    _say(f"Chromium: {chromium}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
