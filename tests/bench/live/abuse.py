"""An hour's worth of what goes wrong, in minutes; then the page's points against the writer's."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from playwright.sync_api import Frame, Page

from tests.bench.live.browser import chromium, open_tab, points_in_model
from tests.bench.live.processes import pid_listening_on
from tests.bench.live.table import Row
from tests.bench.live.writers import Writer
from tests.browser.conftest import FRAME
from tests.ports import free_port
from tests.proxy import Proxy
from tests.tensorboard_process import running_tensorboard

CATCHES_UP_WITHIN = 30.0
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://127.0.0.1:{target}; proxy_http_version 1.1; }}
  }}
}}
"""


def _work(folder: Path, pipe: Connection) -> None:
    """A training process: writes the steps that it is told, by a clock that may be wrong."""
    writer = Writer(folder)
    while (told := pipe.recv()) is not None:
        step, clock = told
        writer.write(step, clock=clock)
        pipe.send(step)
    writer.close()


class Job:
    """A training that is started again and again, each time as a new process in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steps: list[int] = []
        self.wrong_by = 0.0
        self._step = 0
        self._start()

    def write(self, points: int) -> None:
        """So many flushed points."""
        for _ in range(points):
            self._step += 1
            self._pipe.send((self._step, time.time() - self.wrong_by))
            self._pipe.recv()
            self.steps.append(self._step)

    def restart(self) -> None:
        """From scratch, as a new attempt."""
        self.end()
        self._step = 0
        time.sleep(1.1)  # event files are named by the second
        self._start()
        self.write(3)

    def replace_file(self) -> None:
        """The newest file becomes another with the same content, as a copying backup makes it."""
        self.end()
        newest = max(self.folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        copy = self.folder.parent / "copy"
        shutil.copyfile(newest, copy)
        copy.replace(newest)
        self.restart_writer()

    def restart_writer(self) -> None:
        """Another process goes on where the last one ended."""
        time.sleep(1.1)
        self._start()
        self.write(2)

    def end(self) -> None:
        """The process ends."""
        self._pipe.send(None)
        self._process.join()

    def _start(self) -> None:
        self.wrong_by = 0.0
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(self.folder, theirs))
        self._process.start()


class Scene:
    """TensorBoard, nginx (where there is one) and our own proxy before it, and a page."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.job = Job(folder / "logs" / "job")
        stack.callback(self.job.end)
        self.job.write(5)
        self.port = free_port()
        self._servers = stack.enter_context(ExitStack())
        self.start_server()
        front = stack.enter_context(_nginx(folder, self.port)) or self.port
        self.proxy = stack.enter_context(Proxy(f"http://127.0.0.1:{front}/").serving())
        browser = stack.enter_context(chromium())
        self.page: Page = browser.new_page()
        self.frame: Frame = open_tab(self.page, self.proxy.url, "job")

    def start_server(self) -> None:
        """A TensorBoard at the same address as the one before."""
        arguments = ("--logdir", str(self.folder / "logs"), "--port", str(self.port))
        self._servers.enter_context(running_tensorboard(*arguments))

    def kill_server(self) -> None:
        """As the kernel does when memory runs out."""
        os.kill(pid_listening_on(self.port), signal.SIGKILL)
        self.job.write(3)
        self.page.wait_for_timeout(500)
        self._servers.close()
        self.start_server()

    def cut_stream(self) -> None:
        """In the middle of whatever it is at."""
        self.job.write(2)
        self.proxy.cut()
        self.job.write(2)

    def refuse(self) -> None:
        """502 for everything, for a while."""
        self.proxy.is_down = True
        self.proxy.cut()
        self.job.write(3)
        self.page.wait_for_timeout(1500)
        self.proxy.is_down = False

    def hide(self) -> None:
        """Another tab of TensorBoard is chosen for a while."""
        style = f"document.querySelector('{FRAME}').style"
        self.page.evaluate(f"{style}.visibility = 'hidden'")
        self.page.wait_for_timeout(1500)
        self.job.write(4)
        self.page.evaluate(f"{style}.visibility = 'visible'")

    def set_clock_back(self) -> None:
        """By an hour more, under the running process; the next one finds it set right again."""
        self.job.wrong_by += 3600.0
        self.job.write(3)

    def is_level(self) -> bool:
        """Whether the page comes to hold exactly what was written, in order."""
        deadline = time.monotonic() + CATCHES_UP_WITHIN
        while time.monotonic() < deadline:
            if points_in_model(self.frame) == self.job.steps:
                return True
            self.page.wait_for_timeout(200)
        return False


def measure(rounds: int, seed: int = 1) -> list[Row]:
    """So many mishaps in random order, each of them several times."""
    chance = random.Random(seed)
    done: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        scene = Scene(Path(folder), stack)
        has_nginx = shutil.which("nginx") is not None
        mishaps = {
            "TensorBoard killed and restarted": scene.kill_server,
            "stream cut": scene.cut_stream,
            "502s": scene.refuse,
            "tab hidden and shown": scene.hide,
            "writer restarted from scratch": scene.job.restart,
            "writer's clock stepped back": scene.set_clock_back,
            "event file replaced": scene.job.replace_file,
        }
        level = scene.is_level()
        for number in range(rounds):
            names = list(mishaps)
            name = names[number] if number < len(names) else chance.choice(names)
            mishaps[name]()
            done[name] += 1
            scene.job.write(chance.randrange(5))
            if number % 5 == 4:
                level = scene.is_level() and level
        level = scene.is_level() and level
        written, held = scene.job.steps, points_in_model(scene.frame)
    told = ", ".join(f"{name} {count}x" for name, count in done.items())
    return [
        Row(f"abuse ({told})", "", ""),
        Row("abuse: nginx in between", "yes" if has_nginx else "not installed: left out", ""),
        Row(
            "abuse: points in the page's model, written",
            f"{len(held)}, {len(written)}",
            "equal",
            held == written and level,
        ),
    ]


@contextmanager
def _nginx(folder: Path, target: int) -> Iterator[int | None]:
    """Its port; None where it is not installed."""
    program = shutil.which("nginx")
    if program is None:
        yield None
        return
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port, target=target))
    with subprocess.Popen([program, "-c", str(configuration), "-p", str(folder)]) as server:
        yield port
        server.terminate()
