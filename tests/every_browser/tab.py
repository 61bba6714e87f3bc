"""The TrainMon tab in whichever browser: what a person does with it, and what it shows then."""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from tests.every_browser.webdriver import CommandFailed, Session

_T = TypeVar("_T")

#: Patient, for busy machines.
WAIT_SECONDS = 40.0
FRAME = 'iframe[src*="plugin_entry.html?name=trainmon"]'
#: Keys as WebDriver codes them.
ESCAPE, ENTER, ARROW_DOWN = "\ue00c", "\ue007", "\ue015"

#: ``find`` gives what can be seen and is named so, as a reader of screens does it, or null.
_HELPERS = """
const named = (one) => one.getAttribute('aria-label') ?? one.innerText ?? '';
const seen = (one) => one.checkVisibility({visibilityProperty: true});
const find = (selector, text) => [...document.querySelectorAll(selector)].find(
  (one) => seen(one) && named(one).trim().replace(/\\s+/g, ' ').includes(text)) ?? null;
"""


class Tab:
    """One browser with TensorBoard in it. Every method waits until it can do what it says."""

    def __init__(self, name: str, session: Session, saved: Path) -> None:
        self.name = name
        self._session = session
        self._saved = saved
        self._saved.mkdir(exist_ok=True)

    def open(self, url: str, **view: str) -> None:
        """TensorBoard at ``url`` with our tab chosen and the keys of ``view`` in its address."""
        keys = "".join(f"&p.trainmon.{key}={quote(value, safe='')}" for key, value in view.items())
        self._session.command("SwitchToFrame", id=None)
        self._session.command("Navigate", url="about:blank")
        self._session.command("Navigate", url=f"{url}#trainmon{keys}")
        self._enter()

    def run(self, script: str, *arguments: Any) -> Any:
        """What ``script`` returns in our frame; ``find(selector, text)`` is known there."""
        return self._session.command("ExecuteScript", script=_HELPERS + script, args=arguments)

    def wait(self, script: str, *arguments: Any) -> Any:
        """What ``script`` returns as soon as that is something."""
        return self.until(lambda: self.run(script, *arguments), script)

    def until(self, look: Callable[[], _T | None], what: str) -> _T:
        """What ``look`` gives as soon as that is something."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                found = look()
            except CommandFailed:  # such as of a frame whose page is just being replaced
                self._enter()
                found = None
            if found:
                return found
            if time.monotonic() > deadline:
                text = self.run("return document.body.innerText")[:2000]
                raise AssertionError(f"{self.name}: in vain: {what}\n{text}")
            time.sleep(0.1)

    def see(self, text: str, selector: str = "*") -> None:
        """Wait until ``text`` can be seen, or is the name of something that can."""
        self.wait("return find(arguments[0], arguments[1]) !== null", selector, text)

    def do_not_see(self, text: str, selector: str = "*") -> None:
        """Wait until it cannot be seen."""
        self.wait("return find(arguments[0], arguments[1]) === null", selector, text)

    def click(self, text: str, selector: str = "button, a, summary") -> None:
        """Click on what is named ``text``, with the mouse."""
        self.until(lambda: self._mouse(self._element(selector, text), (0.5, 0.5)), f"click {text}")

    def drag(self, text: str, start: float, end: float, selector: str = '[role="img"]') -> None:
        """From one share of its width to another, a third from its top."""
        places = ((start, 1 / 3), (end, 1 / 3))
        self.until(lambda: self._mouse(self._element(selector, text), *places), f"drag {text}")

    def press(self, keys: str) -> None:
        """Press one key after another."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": strokes})

    def page(self, script: str) -> Any:
        """What ``script`` returns in TensorBoard's own page."""
        self._session.command("SwitchToFrame", id=None)
        try:
            return self._session.command("ExecuteScript", script=script, args=[])
        finally:
            self._enter()

    def picture(self) -> bytes:
        """The whole window, as PNG."""
        self._session.command("SwitchToFrame", id=None)
        try:
            return base64.b64decode(self._session.command("TakeScreenshot"))
        finally:
            self._enter()

    def saves(self, ending: str, act: Callable[[], None]) -> bytes:
        """The one file that ``act`` has the browser save, once it is whole."""
        before = set(self._saved.iterdir())

        def whole() -> Path | None:
            new = [file for file in self._saved.iterdir() if file not in before]
            return next((f for f in new if f.name.endswith(ending) and f.stat().st_size), None)

        act()
        file = self.until(whole, f"a file *{ending} in {self._saved}")
        size = -1
        while size != file.stat().st_size:
            size = file.stat().st_size
            time.sleep(0.2)
        return file.read_bytes()

    def _enter(self) -> None:
        """Speak to our frame from now on, as soon as it is there."""
        script = f"return document.querySelector('{FRAME}')"
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            self._session.command("SwitchToFrame", id=None)
            frame = self._session.command("ExecuteScript", script=script, args=[])
            with contextlib.suppress(CommandFailed):
                if frame is not None:
                    self._session.command("SwitchToFrame", id=frame)
                    return
            assert time.monotonic() < deadline, f"{self.name}: TensorBoard does not show the tab"
            time.sleep(0.1)

    def _element(self, selector: str, text: str) -> Any:
        script = """
            const one = find(arguments[0], arguments[1]);
            one?.scrollIntoView({block: 'center', behavior: 'instant'});
            const box = one?.getBoundingClientRect();
            return one && [one, box.width, box.height];
        """
        return self.wait(script, selector, text)

    def _mouse(self, place: Any, *shares: tuple[float, float]) -> bool:
        """Down at the first of these places in an element, up at the last."""
        element, width, height = place
        # Counted from its middle.
        moves = [
            {
                "type": "pointerMove",
                "duration": 100,
                "origin": element,
                "x": round((x - 0.5) * width),
                "y": round((y - 0.5) * height),
            }
            for x, y in shares
        ]
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        actions = [moves[0], down, *moves[1:], up]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self._act({**mouse, "actions": actions})
        return True

    def _act(self, source: dict[str, Any]) -> None:
        self._session.command("PerformActions", actions=[source])
