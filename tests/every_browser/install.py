"""Installs the browsers and proxies that the tests use: Debian's packages, where it is root.

    python -m tests.every_browser.install

Nothing is installed that is there. Elsewhere it says what is missing and ends with 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

#: A program and the package that has it.
NEEDED = {
    "chromedriver": "chromium-driver",
    "firefox": "firefox-esr",
    "WebKitWebDriver": "webkit2gtk-driver",
    "Xvfb": "xvfb",
    "nginx": "nginx-light",
}
INSTALL_SECONDS = 900


def main() -> int:
    """Install; the exit code."""
    missing = _missing()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        _say(f"Installing {', '.join(missing)}.")
        for command in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            subprocess.run(
                ["apt-get", "-q", *command],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                timeout=INSTALL_SECONDS,
                check=False,
            )
        missing = _missing()
    for package in missing:
        _say(
            f"error: {package} is missing. On Debian and Ubuntu: sudo apt-get install {package}; "
            "elsewhere install the browser and its driver by hand, on PATH."
        )
    return 1 if missing else 0


def _missing() -> list[str]:
    # nginx is where only root looks.
    path = os.pathsep.join([*os.get_exec_path(), "/usr/sbin"])
    return [package for program, package in NEEDED.items() if not shutil.which(program, path=path)]


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
