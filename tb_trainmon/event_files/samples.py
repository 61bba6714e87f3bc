"""A few windows of a large event file: what it tells along its length, for a few small reads.

Wherever a window begins, the first record in it is found by the checksum of its length. What is
damaged is skipped without a word, as in a glance.
"""

from __future__ import annotations

from collections.abc import Sequence

from tb_trainmon.event_files.batch import Batch
from tb_trainmon.event_files.disk import Disk, LocalDisk
from tb_trainmon.event_files.glance import PART, feed_all, read_head
from tb_trainmon.event_files.reader import new_decoder

_HEAD = 1 << 16  # bytes from which the decoder learns what the tags are


def samples(
    path: str, offsets: Sequence[int], width: int, *, disk: Disk | None = None
) -> list[Batch]:
    """What the whole records tell that lie in the ``width`` bytes from each of ``offsets``.

    Empty where there is none. Raises OSError for a file that cannot be read.
    """
    with (disk or LocalDisk()).open(path) as file:
        decoder = new_decoder()
        # Some writers say only once, with a tag's first point, what its points are.
        read_head(file, file.state().size, decoder, _HEAD, file.read(0, PART))
        decoder.take()
        batches = []
        for offset in offsets:
            data = file.read(offset, width)
            first = decoder.find_header(data)
            if first is not None:
                feed_all(decoder, data, first)
            batches.append(decoder.take())
    return batches
