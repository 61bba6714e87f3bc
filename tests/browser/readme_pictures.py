"""Takes the pictures of the README: the tab as it is, on the demo's tasks.

    python -m tests.browser.readme_pictures            (`make pictures`, a minute)

Each is there light and dark, in ``docs/pictures``: a task that runs (a short animation of a real
small training), one that was restarted, the list, and the terminal. Look at them before you commit
them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI, TerminalTheme

from tb_trainmon.cli import task_list
from tb_trainmon.routes import endpoints
from tb_trainmon.routes.parameters import Query
from tb_trainmon.tasks.found.roots import roots_from_flags
from tb_trainmon.tasks.from_flags import tasks_from_flags
from tests.browser.conftest import ARGUMENTS, FRAME, WAIT_MILLISECONDS, open_trainmon
from tests.browser.find_chromium import find
from tests.browser.still_life import MOMENT, lay_out, still_tensorboard
from tests.tensorboard_process import TensorBoard, running_tensorboard

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
THEMES = ("light", "dark")
SIZE = (1280, 800)
#: Of the animation: a training of a minute, of which so much is shown.
FRAMES, SECONDS_A_FRAME, SHOWN_MILLISECONDS = 24, 0.4, 250
ANIMATED_WIDTH = 960
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
    page = _page(browser)
    open_trainmon(page, tensorboard, **view)
    _wear(page, theme)
    _save(_picture(page), f"{name}-{theme}.webp")
    page.close()


def animate(browser: Browser, logs: Path) -> None:
    """A real training, looked at live by a light and a dark page at once."""
    command = [sys.executable, "-m", "tb_trainmon.demo.job", "--logdir", str(logs)]
    pace = ["--task", "char-lm", "--total-steps", "900", "--steps-per-second", "30"]
    with (
        subprocess.Popen([*command, *pace]) as job,
        running_tensorboard("--logdir", str(logs)) as tensorboard,
    ):
        pages = {theme: _page(browser) for theme in THEMES}
        for theme, page in pages.items():
            frame = open_trainmon(page, tensorboard)
            expect(frame.get_by_label("Loss: ").first).to_be_visible()
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
    tasks = tasks_from_flags(roots_from_flags(str(logs), ""), "", "", patience=float("inf"))
    answer = endpoints.tasks(tasks, Query())
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


def _page(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
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
