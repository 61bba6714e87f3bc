"""Real proxies before a TensorBoard, set up as people set them up."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.ports import free_port, listens

STARTS_WITHIN_SECONDS = 60

#: With its buffers on, as it comes, and below a path.
_NGINX = """
daemon off;
error_log stderr;
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    gzip on;
    gzip_types text/event-stream application/json text/javascript;
    server {{
        listen 127.0.0.1:{port};
        location /some/where/ {{
            proxy_pass {target};
            proxy_buffering on;
        }}
    }}
}}
"""


class NoProxy(Exception):
    """It is not here; the text says what to install."""


@contextmanager
def nginx(target: str, folder: Path) -> Iterator[str]:
    """The address behind nginx of what ``target`` names."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise NoProxy("There is no nginx here: on Debian, sudo apt-get install nginx-light")
    port = free_port()
    settings = folder / "nginx.conf"
    settings.write_text(_NGINX.format(folder=folder, port=port, target=target), "utf-8")
    with _running([program, "-p", str(folder), "-c", str(settings)], folder, port):
        yield f"http://127.0.0.1:{port}/some/where/"


@contextmanager
def jupyter(target: str, folder: Path) -> Iterator[str]:
    """The address behind jupyter-server-proxy."""
    port = free_port()
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    command += [
        "--IdentityProvider.token=",
        "--ServerApp.base_url=/user/me/",
        f"--notebook-dir={folder}",
    ]
    with _running(command, folder, port):
        yield f"http://127.0.0.1:{port}/user/me/proxy/{urlsplit(target).port}/"


PROXIES: Mapping[str, Callable[[str, Path], AbstractContextManager[str]]] = {
    "nginx": nginx,
    "jupyter": jupyter,
}


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    output = folder / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            env={**os.environ, "HOME": str(folder), "JUPYTER_PLATFORM_DIRS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while not listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                said = output.read_text("utf-8", errors="replace")
                raise NoProxy(f"{command[0]} does not start. It said:\n{said[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
