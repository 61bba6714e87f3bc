"""Every state of the tab, light and dark, on a telephone, a laptop, a wide screen; and for axe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, FrameLocator, Page, Request, Route, expect

from tests.browser import pictures
from tests.browser.axe import Axe, sentence
from tests.browser.conftest import (
    ARGUMENTS,
    FRAME,
    WAIT_MILLISECONDS,
    address_of,
    forget,
    inside,
    origin_of,
)
from tests.browser.find_chromium import find
from tests.browser.kinds_of_training import LOOKS, Look, lay_out_kinds
from tests.browser.still_life import MOMENT, RUNNING, still_tensorboard
from tests.tensorboard_process import TensorBoard

FONTS = Path(__file__).with_name("fonts.conf")
WIDTHS = (360, 1280)
WIDEST = 2560
DIFFERENT_WHERE_WIDE = ("overview", "running", "restarted", "together")
HEIGHT = 900
TALLEST = 5000  # pixels of a page in a picture
AT_REST = 600  # milliseconds without a question or an answer
UNREST = 20_000  # milliseconds that a busy machine may need to come to rest
BAR = 64  # pixels of TensorBoard's own bar

#: So wide is this in DejaVu Sans.
WIDTH_OF_WORDS = """
    () => {
        const pen = document.createElement('canvas').getContext('2d');
        pen.font = '100px system-ui';
        return Math.round(pen.measureText('Golden pictures').width);
    }
"""
WIDTH_IN_DEJAVU = 788
NO_FONT = "The pictures were taken with DejaVu Sans. On Debian: apt-get install fonts-dejavu-core"

WIRE = Path(__file__).parents[1] / "fixtures" / "wire"

#: What the page asks for, and not its script.
ASKED = re.compile(r"/data/plugin/trainmon/(?!.*\.(js|html))")

Answer = Callable[[Route], None]
Prepare = Callable[[FrameLocator, Page], None]
Judge = Callable[[Frame], list[dict[str, Any]]]


def by_the_server(route: Route) -> None:
    route.continue_()


def nothing(frame: FrameLocator, page: Page) -> None:
    """The state is there once the page is."""


@dataclass(frozen=True)
class State:
    """What to open, what to do then, and the text by which one knows that it is there."""

    view: dict[str, str]
    shows: str
    prepare: Prepare = nothing
    answer: Answer = by_the_server
    rests: bool = True  # or else the page goes on asking


def listed(**changes: object) -> Answer:
    """The list of tasks says this instead."""

    def answer(route: Route) -> None:
        if "/tasks" in route.request.url:
            route.fulfill(json={**route.fetch().json(), **changes})
        else:
            route.continue_()

    return answer


def without_logdir(route: Route) -> None:
    route.fulfill(path=WIRE / "tasks_without_logdir.json")


def no_series(route: Route) -> None:
    if "/series" in route.request.url:
        trouble = {"code": "internal", "message": "The disk is gone."}
        route.fulfill(status=500, json={"error": trouble})
    else:
        route.continue_()


def cannot_be_read(route: Route) -> None:
    said = "The store cannot be read: Could not connect to the endpoint."
    problem = {"code": "remote_unreachable", "where": "s3://runs", "message": said}
    listed(tasks=[], problems=[problem])(route)


def is_not_there(route: Route) -> None:
    said = "The log directory cannot be read: No such file or directory."
    problem = {"code": "logdir_missing", "where": "/home/ada/lgos", "message": said}
    listed(tasks=[], problems=[problem])(route)


def never(route: Route) -> None:
    """The page waits."""


def press(key: str) -> Prepare:
    """Once the page has the focus, as after a click on nothing."""

    def prepare(frame: FrameLocator, page: Page) -> None:
        frame.locator("body").press(key)

    return prepare


def curves_come(frame: FrameLocator, page: Page) -> None:
    """They are asked for once the rows rest."""
    expect(frame.locator(".overview-list .spark path").nth(3)).to_be_visible()


def choose(frame: FrameLocator, page: Page) -> None:
    frame.locator("body").press("/")
    curves_come(frame, page)


def open_the_menu(frame: FrameLocator, page: Page) -> None:
    frame.get_by_label("Loss: more", exact=True).click()


def explain(frame: FrameLocator, page: Page) -> None:
    frame.get_by_role("button", name="Loss: what does this show?", exact=True).click()
    expect(frame.get_by_text("Judge by the smoothed line")).to_be_visible()


def cut_off(frame: FrameLocator, page: Page) -> None:
    """From now on nobody answers."""
    page.route("**/data/plugin/trainmon/**", lambda route: route.abort())
    expect(frame.get_by_text("keeps trying").first).to_be_visible()


def open_an_insight(frame: FrameLocator, page: Page) -> None:
    line = frame.locator(".insight-line").first
    # The URL keeps it open when the page is loaded at another width.
    if line.get_attribute("aria-expanded") == "false":
        line.click()
    expect(frame.get_by_text("Next:")).to_be_visible()


def ask_what_was_looked_at(frame: FrameLocator, page: Page) -> None:
    frame.get_by_text("What was looked at").click()
    expect(frame.locator(".looked > p:not(.coming)")).to_be_visible()


STATES = {
    "overview": State({}, "llama-sft/tb", curves_come),
    "grouped": State({"group": "1", "sort": "name"}, "llama-sft/tb", curves_come),
    "overview-nothing-matches": State({"find": "no such task"}, "No task"),
    "running": State({"task": RUNNING}, "of 10,000"),
    "restarted": State({"task": "restarted", "open": "other"}, "Completed at step 2,400"),
    "failed": State({"task": "failed"}, "FloatingPointError"),
    "insight": State({"task": "failed"}, "FloatingPointError", open_an_insight),
    "looked-at": State({"task": "restarted"}, "Completed at step 2,400", ask_what_was_looked_at),
    "failed-logarithmic": State({"task": "failed", "log": "*"}, "FloatingPointError"),
    "pending": State({"task": "waiting"}, "No scalar has been logged"),
    "unknown": State({"task": "no-such-task"}, "no-such-task"),
    "overlaid": State({"task": "restarted", "axis": "step"}, "Completed at step 2,400"),
    "together": State({"task": RUNNING, "together": "1", "large": "loss"}, "of 10,000"),
    "zoomed": State({"task": "restarted", "x": "600~1100"}, "Reset zoom"),
    "log-search": State({"task": "restarted", "logsearch": "saved"}, "step-002400.npz"),
    "cut-off": State({"task": "restarted"}, "Completed at step 2,400", cut_off),
    "menu": State({"task": "restarted"}, "Completed at step 2,400", open_the_menu),
    "explained": State({"task": "restarted"}, "Completed at step 2,400", explain),
    "selector": State({"task": "restarted"}, "Completed at step 2,400", choose),
    "keys": State({"task": "restarted"}, "Completed at step 2,400", press("?")),
    "loading": State({}, "Waiting for TensorBoard", answer=never, rests=False),
    "not-whole": State(
        {},
        "5,060 of 20,000 tasks looked at",
        curves_come,
        listed(progress={"stage": "judging", "done": 5060, "total": 20_000}),
        rests=False,
    ),
    "empty": State({}, "No tasks yet", answer=listed(tasks=[])),
    "no-log-directory": State({}, "without a log directory", answer=without_logdir),
    "missing-log-directory": State({}, "/home/ada/lgos", answer=is_not_there),
    "store-unreachable": State({}, "Could not connect", answer=cannot_be_read),
    "server-unreachable": State({}, "Nothing to show yet", answer=lambda route: route.abort()),
    "chart-failed": State({"task": "restarted"}, "The disk is gone", answer=no_series),
}


class Traffic:
    """What a page asked for: it is at rest once all is answered and nothing new was asked."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._open: set[Request] = set()
        self._moved = monotonic()
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)

    def stop(self) -> None:
        """Listen no longer."""
        self._page.remove_listener("request", self._asked)
        self._page.remove_listener("requestfinished", self._answered)
        self._page.remove_listener("requestfailed", self._answered)

    def wait_for_rest(self) -> None:
        """At least ``AT_REST``. Who is not at rest after ``UNREST`` will show it in the picture."""
        self._moved = began = monotonic()
        while self._is_busy() and monotonic() - began < UNREST / 1000:
            self._page.wait_for_timeout(AT_REST / 6)

    def _is_busy(self) -> bool:
        return bool(self._open) or monotonic() - self._moved < AT_REST / 1000

    def _asked(self, request: Request) -> None:
        if request.resource_type == "fetch":  # of a worker's script Chromium tells no end
            self._open.add(request)
        self._moved = monotonic()

    def _answered(self, request: Request) -> None:
        self._open.discard(request)
        self._moved = monotonic()


@pytest.fixture(scope="module")
def one_font(browser: Browser) -> Iterator[Browser]:
    """A Chromium that has but one font."""
    chromium = browser.browser_type.launch(
        executable_path=find(), args=ARGUMENTS, env={"FONTCONFIG_FILE": str(FONTS)}
    )
    with chromium.new_page() as page:
        width = page.evaluate(WIDTH_OF_WORDS)
    assert width == WIDTH_IN_DEJAVU, NO_FONT
    yield chromium
    chromium.close()


def widths_of(name: str) -> tuple[int, ...]:
    """Of a wide screen only those whose layout is another one there."""
    return (*WIDTHS, WIDEST) if name in DIFFERENT_WHERE_WIDE else WIDTHS


@pytest.fixture(scope="module")
def axe() -> Axe:
    """It remembers which colours it found good."""
    return Axe()


@pytest.fixture(scope="module")
def looking(one_font: Browser) -> Iterator[Page]:
    """A page for all states: what it has compiled of TensorBoard stays compiled."""
    with one_font.new_context(timezone_id="UTC", reduced_motion="reduce") as context:
        context.clock.set_fixed_time(datetime.fromtimestamp(MOMENT, timezone.utc))
        context.set_default_timeout(WAIT_MILLISECONDS)
        yield context.new_page()


class Walk:
    """One state in one TensorBoard, which goes from width to width and from light to dark."""

    def __init__(self, page: Page, state: State, axe: Axe) -> None:
        self._page = page
        self._axe = axe
        self._state = state
        self._traffic = Traffic(page)

    def open(self, tensorboard: TensorBoard, width: int) -> None:
        """The state on a screen of this width; TensorBoard's own page may be there already."""
        self._load(address_of(tensorboard, **self._state.view), width)

    def widen(self, width: int) -> None:
        """The same on another screen."""
        self._load(self._page.url, width)

    def complaints(self, picture: str, spare: Path) -> list[str]:
        """Of axe, and of those who saw it before: in light, and once the theme was changed."""
        judged = self._markup()
        found = self._objections("light", self._axe.violations)
        found.append(pictures.compare(f"{picture}-light", self._whole(), spare))
        self._page.evaluate("document.body.classList.add('dark-mode')")
        found.append(pictures.compare(f"{picture}-dark", self._whole(), spare))
        self._resize(self._width())
        same = self._markup() == judged  # the same elements, in other colours
        judge = self._axe.violations_of_colours if same else self._axe.violations
        return [one for one in (*found, *self._objections("dark", judge)) if one]

    def look(self, picture: str, look: Look, spare: Path) -> list[str]:
        """Complaints of one look alone."""
        if look.theme == "dark":
            self._page.evaluate("document.body.classList.add('dark-mode')")
        name = f"{picture}-{look.width}-{look.theme}"
        objections = self._objections(look.theme, self._axe.violations)
        found = [pictures.compare(name, self._whole(), spare), *objections]
        return [one for one in found if one]

    def close(self) -> None:
        """The next state has the page as if it were new."""
        self._traffic.stop()
        forget(self._page, [origin_of(self._page)])

    def _load(self, address: str, width: int) -> None:
        """Our page is loaded anew; TensorBoard only if it is another one."""
        self._page.evaluate("document.body.classList.remove('dark-mode')")
        self._page.unroute_all(behavior="ignoreErrors")
        self._resize(width)
        self._answer()
        if self._page.url.partition("#")[0] == address.partition("#")[0]:
            frame = inside(self._page)
            with self._page.expect_event("framenavigated", lambda navigated: navigated == frame):
                frame.evaluate(LOAD_ANEW, address)
        else:
            self._page.goto(address)
        self._arrive(self._page.frame_locator(FRAME))

    def _answer(self) -> None:
        if self._state.answer is not by_the_server:
            self._page.route(ASKED, self._state.answer)

    def _arrive(self, frame: FrameLocator) -> None:
        expect(frame.get_by_text(self._state.shows).first).to_be_visible()
        self._rest()
        if self._state.prepare is not nothing:
            self._state.prepare(frame, self._page)
            self._rest()

    def _rest(self) -> None:
        if self._state.rests:
            self._traffic.wait_for_rest()

    def _objections(self, theme: str, judge: Judge) -> list[str]:
        found = judge(self._settled())
        return [f"{theme}, {self._width()}: {sentence(one)}" for one in found]

    def _markup(self) -> str:
        """But for the colours in it."""
        markup: str = self._settled().evaluate(MARKUP)
        return markup

    def _settled(self) -> Frame:
        frame = inside(self._page)
        frame.evaluate(SETTLED)
        return frame

    def _whole(self) -> bytes:
        """A picture of all there is to scroll to."""
        frame = inside(self._page)
        height = frame.evaluate("document.documentElement.scrollHeight")
        self._resize(self._width(), min(height + BAR, TALLEST))
        frame.evaluate(SETTLED)
        return self._page.screenshot(animations="disabled", caret="hide")

    def _resize(self, width: int, height: int = HEIGHT) -> None:
        self._page.set_viewport_size({"width": width, "height": height})

    def _width(self) -> int:
        assert self._page.viewport_size is not None
        return self._page.viewport_size["width"]


@pytest.mark.parametrize("name", STATES)
def test_it_looks_as_it_did_when_somebody_looked_and_axe_finds_no_violation(
    name: str, looking: Page, axe: Axe, still: TensorBoard, tmp_path: Path
) -> None:
    """At every width, in light, and in dark once the reader has changed TensorBoard's theme."""
    complaints: list[str] = []
    with closing(Walk(looking, STATES[name], axe)) as walk:
        for width in widths_of(name):
            if width == WIDTHS[0]:
                walk.open(still, width)
            else:
                walk.widen(width)
            complaints += walk.complaints(f"{name}-{width}", tmp_path)
    assert complaints == []


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoard]:
    """A TensorBoard on a training of each kind."""
    folder = tmp_path_factory.mktemp("kinds")
    lay_out_kinds(folder)
    with still_tensorboard(folder) as running:
        yield running


@pytest.mark.parametrize("name", LOOKS)
def test_each_kind_of_training_looks_as_it_did(
    name: str, looking: Page, axe: Axe, kinds: TensorBoard, tmp_path: Path
) -> None:
    """What leads has the first charts and numbers; axe finds no violation."""
    (task,) = (task for task in kinds.listing()["tasks"] if task["id"].startswith(name))
    assert kinds.get(f"data/plugin/trainmon/task?task={task['id']}")["kind"] == kind_of(name)
    complaints: list[str] = []
    with closing(Walk(looking, State({"task": task["id"]}, "Last metrics"), axe)) as walk:
        for at, look in enumerate(LOOKS[name]):
            if at == 0:
                walk.open(kinds, look.width)
            else:
                walk.widen(look.width)
            complaints += walk.look(f"kind-{name}", look, tmp_path)
    assert complaints == []


def kind_of(name: str) -> str:
    """As the server calls it."""
    return name.replace("-", "_")


LOAD_ANEW = """
    (address) => {
        parent.history.replaceState(parent.history.state, '', address);
        setTimeout(() => location.reload());
    }
"""

#: Playwright leaves an empty style where it hid a caret.
MARKUP = r"document.body.innerHTML.replace(/rgb\([^)]*\)| style=\"\"/g, '')"

#: Two frames without a chart's skeleton: charts have their new size and are drawn.
SETTLED = """
    () => new Promise((done) => {
        let still = 0;
        const look = () => {
            still = document.querySelector('.plot.skeleton') ? 0 : still + 1;
            still > 4 ? done() : requestAnimationFrame(look);
        };
        look();
    })
"""
