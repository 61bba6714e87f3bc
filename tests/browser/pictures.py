"""Golden pictures: what the tab looked like when somebody last looked at it and found it good.

They are kept in 256 colours, the wide ones at half size, and compared by small blocks: another
release of the browser, which draws an edge a shade differently, passes; a word that moved
fails.
``TRAINMON_WRITE_PICTURES=1`` writes them anew: look at them before you commit them.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

FOLDER = Path(__file__).with_name("pictures")
WRITE = "TRAINMON_WRITE_PICTURES"

COLOURS = 256
NARROW = 500  # pixels; what is narrower keeps its size
BLOCK = 4  # pixels of a golden picture
DIFFERENT = 28  # of 255, averaged over a block, in the channel that differs most
ALLOWED = 0.004  # share of the blocks


def compare(name: str, png: bytes, spare: Path) -> str:
    """Why the screenshot ``png`` is not the golden picture ``name``; empty if it is.

    A screenshot that differs is left in the folder ``spare`` to be looked at.
    """
    found = _reduced(png)
    golden = FOLDER / f"{name}.png"
    if os.environ.get(WRITE):
        FOLDER.mkdir(exist_ok=True)
        found.quantize(COLOURS, dither=Image.Dither.NONE).save(golden, optimize=True)
        return ""
    if not golden.is_file():
        return f"There is no golden picture {golden.name}; {WRITE}=1 writes it."
    why = _difference(found, Image.open(golden).convert("RGB"))
    if why:
        found.save(spare / golden.name)
        why = f"{golden.name}: {why} What it looks like now: {spare / golden.name}"
    return why


def _reduced(png: bytes) -> Image.Image:
    picture = Image.open(BytesIO(png)).convert("RGB")
    return picture.reduce(2) if picture.width > NARROW else picture


def _difference(found: Image.Image, golden: Image.Image) -> str:
    if found.size != golden.size:
        return (
            f"it is {found.size[0]}x{found.size[1]} rather than {golden.size[0]}x{golden.size[1]}."
        )
    red, green, blue = ImageChops.difference(found.reduce(BLOCK), golden.reduce(BLOCK)).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    share = sum(most.histogram()[DIFFERENT:]) / (most.width * most.height)
    return f"{share:.1%} of it differ." if share > ALLOWED else ""
