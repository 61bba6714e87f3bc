"""What axe-core objects to in a frame."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Frame

#: The rules that look at colours, text by text, which takes axe five times as long as all others.
#: What they say of a text depends on how it looks, and not on what it says or where it stands.
OF_COLOURS = ("color-contrast", "link-in-text-block")

_SOURCE = AXE_FILE_PATH.read_text(encoding="utf-8")

# Of what passes nothing is said here, so nothing of it needs to be gathered.
_ALL_OTHERS = """
    async (ofColours) => {
        const rules = Object.fromEntries(ofColours.map((rule) => [rule, { enabled: false }]));
        return (await axe.run({ rules, resultTypes: ['violations'] })).violations;
    }
"""

# The first and the last of all visible texts that look the same: the same fonts, colours and
# classes, and so have all elements around them. A row of a table is judged, and not each.
_OF_COLOURS = """
    async ([ofColours, passed]) => {
        const looks = new Map();
        const lookOf = (one) => {
            if (!one) return 0;
            if (!looks.has(one)) {
                const style = getComputedStyle(one);
                const seen = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'filter',
                    'fontSize', 'fontWeight', 'textDecorationLine'].map((name) => style[name]);
                const look = [lookOf(one.parentElement), one.localName, one.className, ...seen];
                looks.set(one, hashOf(look.join('|')));
            }
            return looks.get(one);
        };
        const hashOf = (text) => {
            let hash = 7n;
            for (const unit of text)
                hash = BigInt.asUintN(52, hash * 131n + BigInt(unit.codePointAt()));
            return Number(hash);
        };
        const hasText = (one) =>
            one.matches('input, textarea, select') ||
            [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        const first = new Map(), last = new Map(), known = new Set(passed);
        for (const one of document.body.querySelectorAll('*')) {
            if (!hasText(one) || !one.checkVisibility({ visibilityProperty: true })) continue;
            const look = lookOf(one);
            if (known.has(look)) continue;
            if (!first.has(look)) first.set(look, one);
            last.set(look, one);
        }
        const include = [...new Set([...first.values(), ...last.values()])];
        if (!include.length) return { looks: [], violations: [] };
        const options = { runOnly: ofColours, resultTypes: ['violations'] };
        const { violations } = await axe.run({ include }, options);
        return { looks: [...first.keys()], violations };
    }
"""


class Axe:
    """What axe says of one page after another; of colours that passed it is not asked again."""

    def __init__(self) -> None:
        self._passed: set[int] = set()

    def violations(self, frame: Frame) -> list[dict[str, Any]]:
        """As axe tells them, by all its rules."""
        _load(frame)
        others: list[dict[str, Any]] = frame.evaluate(_ALL_OTHERS, list(OF_COLOURS))
        return others + self.violations_of_colours(frame)

    def violations_of_colours(self, frame: Frame) -> list[dict[str, Any]]:
        """As axe tells them, by the rules that look at colours."""
        _load(frame)
        said = frame.evaluate(_OF_COLOURS, [list(OF_COLOURS), list(self._passed)])
        found: list[dict[str, Any]] = said["violations"]
        if not found:
            self._passed.update(said["looks"])
        return found


def _load(frame: Frame) -> None:
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(_SOURCE)


def sentence(violation: dict[str, Any]) -> str:
    """What is wrong, and where."""
    nodes = violation["nodes"]
    where = "; ".join(str(node["html"])[:200] for node in nodes[:5])
    return f"{violation['id']}: {violation['help']} ({len(nodes)} times: {where})"
