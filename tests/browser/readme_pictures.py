"""Takes the pictures of the README: the tab as it is, on the demo's tasks.

    python -m tests.browser.readme_pictures            (`make pictures`, a minute)

Each is there light and dark, in ``docs/pictures``: a task that runs (a short animation of a real
small training), one that was restarted, the list, and the terminal. Look at them before you commit
them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from unittest import mock

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI, TerminalTheme

from tb_trainmon.cli import task_list
from tb_trainmon.routes import listing
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.from_flags import tasks_from_flags
from tests.browser.conftest import ARGUMENTS, FRAME, WAIT_MILLISECONDS, open_trainmon
from tests.browser.find_chromium import find
from tests.browser.still_life import MOMENT, lay_out, still_tensorboard
from tests.tensorboard_process import TensorBoard, running_tensorboard

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
THEMES = ("light", "dark")
WIDTH = 1280
#: Of a window in which a task's first charts can be seen, and of one with the list.
TALL, LOW = 1200, 520
TASK = "char-lm"
#: Seconds since the demo's logs were written.
HOURS = 4 * 3600.0
LOSS = re.compile("^Loss: ")
#: Of the animation: so much of a training is shown.
FRAMES, SECONDS_A_FRAME, SHOWN_MILLISECONDS = 16, 0.5, 300
ANIMATED_WIDTH = 880
QUALITY = 72
LIGHT = TerminalTheme(
    (255, 255, 255),
    (36, 41, 47),
    [(36, 41, 47), (164, 14, 38), (17, 99, 41), (127, 78, 0), (9, 105, 218), (130, 80, 223),
     (27, 124, 131), (110, 119, 129)],
    [(110, 119, 129), (164, 14, 38), (17, 99, 41), (127, 78, 0), (9, 105, 218), (130, 80, 223),
     (27, 124, 131), (140, 149, 159)],
)  # fmt: skip


def main() -> int:
    """Take them all; the exit code."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        still = Path(folder, "still")
        lay_out(still)
        for file in (still / "event_files_only").rglob("*"):
            os.utime(file, (MOMENT - HOURS, MOMENT - HOURS))
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        with still_tensorboard(still) as tensorboard:
            for theme in THEMES:
                take(browser, tensorboard, theme, "restarted", task="restarted")
                take(browser, tensorboard, theme, "list")
        terminal(still)
        animate(browser, Path(folder, "live"))
        browser.close()
    for file in sorted(PICTURES.iterdir()):
        sys.stdout.write(f"{file.name}: {file.stat().st_size / 1000:,.0f} kB\n")
    return 0


def take(browser: Browser, tensorboard: TensorBoard, theme: str, name: str, **view: str) -> None:
    """One still picture of our frame, without TensorBoard's bar."""
    page = _page(browser, TALL if view else LOW)
    page.clock.install(time=datetime.fromtimestamp(MOMENT, timezone.utc))
    frame = open_trainmon(page, tensorboard, **view)
    shown = frame.get_by_role("img", name=LOSS) if view else frame.get_by_text("completed")
    expect(shown.first).to_be_visible()
    _wear(page, theme)
    _save(_picture(page), f"{name}-{theme}.webp")
    page.close()


def animate(browser: Browser, logs: Path) -> None:
    """A real training, looked at live by a light and a dark page at once."""
    command = [sys.executable, "-m", "tb_trainmon.demo.job", "--logdir", str(logs)]
    pace = ["--task", TASK, "--total-steps", "2400", "--steps-per-second", "25"]
    with (
        subprocess.Popen([*command, *pace]) as job,
        running_tensorboard("--logdir", str(logs)) as tensorboard,
    ):
        while not tensorboard.listing()["tasks"]:
            time.sleep(0.2)
        pages = {theme: _page(browser, TALL) for theme in THEMES}
        for theme, page in pages.items():
            frame = open_trainmon(page, tensorboard, task=TASK)
            expect(frame.get_by_role("img", name=LOSS).first).to_be_visible()
            _wear(page, theme)
        frames: dict[str, list[Image.Image]] = {theme: [] for theme in THEMES}
        for _ in range(FRAMES):
            began = time.monotonic()
            for theme, page in pages.items():
                frames[theme].append(_picture(page))
            time.sleep(max(0.0, SECONDS_A_FRAME - (time.monotonic() - began)))
        job.terminate()
    for theme, taken in frames.items():
        height = round(taken[0].height * ANIMATED_WIDTH / taken[0].width)
        small = [one.resize((ANIMATED_WIDTH, height), Image.Resampling.LANCZOS) for one in taken]
        _save(small[0], f"live-{theme}.webp", small[1:])


def terminal(logs: Path) -> None:
    """What ``trainmon status`` prints, as rich draws it."""
    with mock.patch("time.time", return_value=MOMENT):
        tasks = tasks_from_flags(roots_from_flags(str(logs), ""), "", "", patience=float("inf"))
        answer = listing.tasks(tasks, Query())
    for theme, colours in zip(THEMES, (LIGHT, DIMMED_MONOKAI), strict=True):
        console = Console(
            record=True, width=112, file=StringIO(), force_terminal=True, highlight=False
        )
        console.print(task_list.rendered(answer, console, MOMENT, 20))
        title = "trainmon status --logdir runs"
        # Rich names the fonts of a service of others; a reader's own will do.
        svg = console.export_svg(title=title, theme=colours, unique_id=f"terminal-{theme}")
        (PICTURES / f"terminal-{theme}.svg").write_text(_without_fonts(svg), "utf-8")


def _without_fonts(svg: str) -> str:
    before, _, rest = svg.partition("@font-face")
    return before + rest[rest.rindex("@font-face") :].partition("}")[2] if rest else svg


def _page(browser: Browser, height: int) -> Page:
    page = browser.new_page(viewport={"width": WIDTH, "height": height})
    page.set_default_timeout(WAIT_MILLISECONDS)
    return page


def _wear(page: Page, theme: str) -> None:
    if theme == "dark":
        page.evaluate("document.body.classList.add('dark-mode')")
    page.frame_locator(FRAME).locator(f"html[data-theme={theme}]").wait_for()
    # Everything that is asked for has come, and is drawn.
    page.wait_for_timeout(4000)


def _picture(page: Page) -> Image.Image:
    box = page.locator(FRAME).bounding_box()
    assert box is not None
    png = page.screenshot(clip=box)
    return Image.open(BytesIO(png)).convert("RGB")


def _save(picture: Image.Image, name: str, more: list[Image.Image] | None = None) -> None:
    animated: dict[str, Any] = {}
    if more:
        animated = {"save_all": True, "append_images": more, "duration": SHOWN_MILLISECONDS}
        animated |= {"loop": 0, "minimize_size": True}
    picture.save(PICTURES / name, quality=QUALITY, method=6, **animated)


if __name__ == "__main__":
    sys.exit(main())
