"""The tab does in every browser what it offers."""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path

from PIL import Image

from tb_trainmon import TaskLogger
from tests.conftest import StartTensorBoard
from tests.every_browser.tab import ENTER, ESCAPE, FRAME, Tab
from tests.tensorboard_process import TensorBoard

TASK = "restarted"
#: How many pixels of a chart are not as its first one: nothing, while nothing is drawn, since it is
#: out of sight.
PAINTED = """
    const canvas = find('[role="img"]', arguments[0])?.querySelector('canvas');
    if (!canvas) return 0;
    canvas.scrollIntoView({block: 'center', behavior: 'instant'});
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint32Array(data.buffer);
    return pixels.filter((one) => one !== pixels[0]).length;
"""
HASH = "return parent.location.hash"


def test_the_list_shows_every_task_and_leads_to_one(tab: Tab, demo: TensorBoard) -> None:
    tab.open(demo.url)
    tasks = demo.listing()["tasks"]
    for task in tasks:
        tab.see(task["name"], "li a")
        tab.see(task["status"], "li a")
    tab.click(TASK, "li a")
    tab.see("Training log", "h2")
    assert f"p.trainmon.task={TASK}" in tab.run(HASH)


def test_a_task_has_its_charts_drawn(tab: Tab, demo: TensorBoard) -> None:
    tab.open(demo.url, task=TASK)
    for title in ("Loss", "Perplexity"):
        assert tab.wait(PAINTED, f"{title}: ") > 500
    tab.see("Step", '[aria-labelledby="status-heading"]')
    assert tab.wait("return document.querySelectorAll('.log-row').length > 3")


def test_keys_search_for_a_task_and_show_the_sheet(tab: Tab, demo: TensorBoard) -> None:
    tab.open(demo.url, task=TASK)
    tab.see("Training log", "h2")
    # The page hears keys soon after it is drawn.
    tab.until(lambda: press_and_see(tab, "?", "Keys"), "the sheet of keys")
    tab.press(ESCAPE)
    tab.do_not_see("Keys", "dialog h2")
    tab.press("/")
    tab.wait("return document.activeElement.type === 'search'")
    tab.press(f"failed{ENTER}")
    tab.wait("return parent.location.hash.includes('task=failed')")


def press_and_see(tab: Tab, key: str, title: str) -> bool:
    tab.press(key)
    time.sleep(1.0)
    return bool(tab.run("return find('dialog h2', arguments[0]) !== null", title))


def test_a_drag_over_a_chart_zooms_and_escape_gives_it_back(tab: Tab, demo: TensorBoard) -> None:
    tab.open(demo.url, task=TASK)
    assert tab.wait(PAINTED, "Loss: ")
    tab.drag("Loss: ", 0.3, 0.6)
    tab.wait("return parent.location.hash.includes('p.trainmon.x=')")
    tab.see("Reset zoom")
    assert tab.wait(PAINTED, "Loss: ") > 1000
    tab.click("Reset zoom")
    tab.wait("return !parent.location.hash.includes('p.trainmon.x=')")


def test_a_chart_its_points_and_the_log_are_saved_as_files(tab: Tab, demo: TensorBoard) -> None:
    tab.open(demo.url, task=TASK)
    assert tab.wait(PAINTED, "Loss: ")

    def choose(item: str) -> None:
        tab.click("Loss: more", "summary")
        tab.click(item)

    with Image.open(BytesIO(tab.saves(".png", lambda: choose("Save as PNG")))) as picture:
        assert picture.width > 200
        assert len(set(picture.convert("RGB").resize((64, 64)).tobytes())) > 10
    assert b"<svg" in tab.saves(".svg", lambda: choose("Save as SVG"))[:200]
    table = tab.saves(".csv", lambda: choose("Save points as CSV"))
    assert table.startswith(b"series,attempt,step,wall_time,value,smoothed\n")
    assert table.count(b"\n") > 100

    def export() -> None:
        tab.click("Export")
        tab.click("CSV")

    assert tab.saves(".csv", export).count(b"\n") > 100
    assert tab.saves(".csv", lambda: tab.click("Download all")).count(b"\n") > 10


def test_a_live_task_goes_on_also_after_it_was_hidden(
    tab: Tab, start_tensorboard: StartTensorBoard, tmp_path: Path
) -> None:
    with TaskLogger(tmp_path, task="live", total_steps=1000, logging_steps=1) as log:
        for step in range(1, 21):
            log.step(step, loss=1.0 / step)
        tab.open(start_tensorboard("--logdir", str(tmp_path)).url)
        tab.see("up to step 20", '[role="img"]')
        tab.see("Live")
        tab.run("window.loadedOnce = true")
        log.step(21, loss=0.2)
        tab.see("up to step 21", '[role="img"]')
        assert tab.run("return find('*', '· polling') === null")
        tab.page(f"document.querySelector('{FRAME}').style.visibility = 'hidden'")
        time.sleep(1.5)
        log.step(22, loss=0.2)
        time.sleep(1.5)
        assert "up to step 21" in tab.run(
            "return document.querySelector('[role=\"img\"]').getAttribute('aria-label')"
        )
        tab.page(f"document.querySelector('{FRAME}').style.visibility = 'visible'")
        tab.see("up to step 22", '[role="img"]')
        log.step(23, loss=0.1)
        tab.see("up to step 23", '[role="img"]')
        assert tab.run("return window.loadedOnce")
    tab.see("History")


def test_it_is_dark_with_tensorboard_down_to_its_scrollbars(tab: Tab, demo: TensorBoard) -> None:
    tab.open(demo.url, task=TASK)
    tab.see("Training log", "h2")
    light = brightness_at_the_right(tab)
    tab.page("document.body.classList.add('dark-mode')")
    tab.wait("return document.documentElement.dataset.theme === 'dark'")
    time.sleep(0.5)
    dark = brightness_at_the_right(tab)
    tab.page("document.body.classList.remove('dark-mode')")
    # A dark bar's thumb is gray.
    assert min(light) > 150, light
    assert max(dark) < 150, dark


def brightness_at_the_right(tab: Tab) -> list[float]:
    """Of the outermost pixels of our frame, where its scrollbar is: parts from top down."""
    box = tab.page(f"""
        const {{top, bottom, right}} = document.querySelector('{FRAME}').getBoundingClientRect();
        return [top, bottom, right, innerWidth];
    """)
    with Image.open(BytesIO(tab.picture())) as picture:
        scale = picture.width / box[3]
        top, bottom, right = (round(edge * scale) for edge in box[:3])
        strip = picture.convert("L").crop((right - 6, top + 20, right - 2, bottom - 20))
        return [float(one) for one in strip.resize((1, 8), Image.Resampling.BOX).tobytes()]
