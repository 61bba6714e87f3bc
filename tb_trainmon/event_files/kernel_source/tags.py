"""Tags and the columns of their points."""

from typing import Any

import cython
import numpy as np
from cython.cimports.libc.stdint import int64_t, uint8_t, uint32_t
from cython.cimports.libc.stdlib import calloc, free, malloc, realloc
from cython.cimports.libc.string import memcmp, memcpy, memset
from cython.cimports.tb_trainmon.event_files.machine import (
    NAMELESS,
    OTHER,
    SCALARS,
    TEXT,
    Bytes,
    Tag,
    crc32c,
)

from tb_trainmon.core.columns import Column

if not cython.compiled:
    from tb_trainmon.event_files.kernel_source.fields import _is_ascii
    from tb_trainmon.event_files.kernel_source.memory import (
        _FIRST,
        _column,
        _empty,
        _grow,
        _owned,
    )

_FEW = cython.declare(cython.Py_ssize_t, 4096)  # points of a batch that is handed out as one block


@cython.cclass
class Tags:
    """What is known of each tag of a file, and its points since they were last taken.

    How much is fed and how far the walk is tells how many points are still to come.
    """

    points: cython.Py_ssize_t = cython.declare(cython.Py_ssize_t, visibility="readonly")
    bytes_read: cython.Py_ssize_t = cython.declare(cython.Py_ssize_t, visibility="readonly")

    # Tags from 1 on: number 0 stands for none, and behind it comes the first that is expected.
    _tags: cython.pointer[Tag]
    _count: cython.Py_ssize_t
    _room: cython.Py_ssize_t
    # Those that have points, in the order in which they had the first.
    _order: cython.pointer[cython.Py_ssize_t]
    _filled: cython.Py_ssize_t
    # By hash: the number of a tag, 0 for a free place; a power of two of them.
    _places: cython.pointer[cython.Py_ssize_t]
    _mask: cython.size_t
    _latest: cython.Py_ssize_t
    _has_others: cython.bint
    # Where the walk began, and where it is.
    _start: cython.Py_ssize_t
    _at: cython.Py_ssize_t
    # How many bytes are to be fed until the next take, as far as that is known.
    _expected: cython.double

    def __cinit__(self) -> None:
        if not self._make_room(16):
            raise MemoryError
        memset(self._tags, 0, cython.sizeof(Tag))
        self._tags[0].shape_size = -1
        self._count = 1
        self._begin_points()

    def __dealloc__(self) -> None:
        number: cython.Py_ssize_t
        for number in range(self._count):
            free(self._tags[number].name)
            free(self._tags[number].shape)
            free(self._tags[number].step)
            free(self._tags[number].wall_time)
            free(self._tags[number].value)
        free(self._tags)
        free(self._order)
        free(self._places)

    @cython.final
    @cython.cfunc
    def _begin_points(self) -> None:
        self.points = self.bytes_read = self._filled = 0
        self._start = self._at = 0
        self._expected = 0.0

    # ---- what Python asks of it

    def expect(self, size: cython.double) -> None:
        """About ``size`` bytes are to be fed until the next take."""
        self._expected = size

    def append(
        self, tag: str, step: int64_t, wall_time: cython.double, value: cython.double
    ) -> None:
        """A point of a rare event."""
        if not self._append(self._number_of(tag), step, wall_time, value):
            raise MemoryError

    def plugin(self, tag: str) -> str | None:
        """The plugin that the tag's first metadata named ("other" for most); None: none did."""
        plugin: cython.int = self._tags[self._number_of(tag)].plugin
        return (None, "", "scalars", "text", "other")[plugin]

    def learn_plugin(self, tag: str, plugin: str) -> None:
        """Metadata of a rare event named the tag's plugin."""
        known = {"": NAMELESS, "scalars": SCALARS, "text": TEXT}
        self._learn(self._number_of(tag), known.get(plugin, OTHER))

    def note(self, tag: str, wall_time: cython.double) -> None:
        """A value of a rare event that is neither a number nor a text."""
        self._note(self._number_of(tag), wall_time)

    def take_others(self) -> dict[str, float]:
        """By tag, the time of the latest value since the last call that is no number or text."""
        found: dict[str, float] = {}
        number: cython.Py_ssize_t
        if self._has_others:
            for number in range(1, self._count):
                if self._tags[number].other_at > 0.0:
                    found[self._name(number)] = self._tags[number].other_at
                self._tags[number].other_at = 0.0
        self._has_others = False
        return found

    def points_so_far(self) -> dict[str, int]:
        """How many points each tag has had since the beginning of the file."""
        found: dict[str, int] = {}
        number: cython.Py_ssize_t
        for number in range(1, self._count):
            size: cython.Py_ssize_t = self._tags[number].taken + self._tags[number].size
            if size:
                found[self._name(number)] = size
        return found

    # ---- for the walk

    @cython.final
    @cython.cfunc
    def _taken(self) -> dict[str, Column]:
        """The points since the last call, by tag, in memory that is no longer this object's."""
        found: dict[str, Column] = {}
        place: cython.Py_ssize_t
        if 0 < self.points <= _FEW:
            found = self._together()
        else:
            for place in range(self._filled):
                number: cython.Py_ssize_t = self._order[place]
                found[self._name(number)] = _column(self._tags + number)
        self._begin_points()
        return found

    @cython.final
    @cython.cfunc
    def _together(self) -> dict[str, Column]:
        """The same of few points: of all tags in one block, as memory costs by the piece.

        What is logged together has the same steps: they are there once.
        """
        found: dict[str, Column] = {}
        place: cython.Py_ssize_t
        room: cython.Py_ssize_t = 0
        for place in range(self._filled):
            room += self._tags[self._order[place]].size * (2 if self._shares_steps(place) else 3)
        start: cython.p_double = cython.cast(cython.p_double, malloc(room * 8))
        if start == cython.NULL:
            raise MemoryError
        block: Any = _owned(start, room, np.float64)
        integers: Any = block.view(np.int64)
        step: Any = None
        at: cython.Py_ssize_t = 0
        for place in range(self._filled):
            number: cython.Py_ssize_t = self._order[place]
            tag: cython.pointer[Tag] = self._tags + number
            size: cython.Py_ssize_t = tag.size
            if not self._shares_steps(place):
                memcpy(start + at, tag.step, size * 8)
                step = integers[at : at + size]
                at += size
            memcpy(start + at, tag.wall_time, size * 8)
            memcpy(start + at + size, tag.value, size * 8)
            column: Any = Column(step, block[at : at + size], block[at + size : at + 2 * size])
            found[self._name(number)] = column
            at += 2 * size
        for place in range(self._filled):
            _empty(self._tags + self._order[place])
        return found

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _shares_steps(self, place: cython.Py_ssize_t) -> cython.bint:
        """Whether a tag in order has the steps of the one before it."""
        if place == 0:
            return False
        tag: cython.pointer[Tag] = self._tags + self._order[place]
        before: cython.pointer[Tag] = self._tags + self._order[place - 1]
        return tag.size == before.size and memcmp(tag.step, before.step, tag.size * 8) == 0

    @cython.final
    @cython.cfunc
    def _name(self, number: cython.Py_ssize_t) -> str:
        tag: cython.pointer[Tag] = self._tags + number
        return tag.name[: tag.name_size].decode("utf-8")

    @cython.final
    @cython.cfunc
    @cython.exceptval(-1)
    def _number_of(self, name: str) -> cython.Py_ssize_t:
        encoded: bytes = name.encode("utf-8")
        start: Bytes = encoded
        number: cython.Py_ssize_t = self._find(start, len(encoded), True)
        if number < 0:
            raise MemoryError
        return number

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _learn(self, number: cython.Py_ssize_t, plugin: cython.int) -> cython.void:
        self._tags[number].plugin = plugin
        # It may be no scalar any more.
        self._tags[number].shape_size = -1
        self._tags[number].number_size = 0

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _note(self, number: cython.Py_ssize_t, wall_time: cython.double) -> cython.void:
        self._has_others = True
        self._tags[number].other_at = wall_time

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _append(
        self,
        number: cython.Py_ssize_t,
        step: int64_t,
        wall_time: cython.double,
        value: cython.double,
    ) -> cython.bint:
        tag: cython.pointer[Tag] = self._tags + number
        if tag.size == tag.capacity and not self._prepare(number):
            return False
        tag.step[tag.size] = step
        tag.wall_time[tag.size] = wall_time
        tag.value[tag.size] = value
        tag.size += 1
        self.points += 1
        return True

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _prepare(self, number: cython.Py_ssize_t) -> cython.bint:
        """Make room for a point more: for all that are to come, if they come as so far.

        What is not used of it costs nothing: the system gives memory when it is written to.
        """
        tag: cython.pointer[Tag] = self._tags + number
        if tag.size == 0:
            self._order[self._filled] = number
            self._filled += 1
            return _grow(tag, _FIRST)
        read: cython.double = self.bytes_read + self._at - self._start + 1
        all_: cython.double = tag.size * (self._expected / read) * 1.02 + 16
        if all_ > tag.size * 2 and _grow(tag, cython.cast(cython.Py_ssize_t, all_)):
            return True
        return _grow(tag, tag.size * 2)

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _find(
        self, name: Bytes, size: cython.Py_ssize_t, is_text: cython.bint
    ) -> cython.Py_ssize_t:
        """The number of a tag, new or known; 0 if it may be no text, -1 without memory."""
        number: cython.Py_ssize_t = self._tags[self._latest].next
        tag: cython.pointer[Tag] = self._tags + number
        if number and tag.name_size == size and memcmp(tag.name, name, size) == 0:
            return number
        hash_: uint32_t = crc32c(name, size)
        place: cython.size_t = hash_ & self._mask
        while self._places[place]:
            number = self._places[place]
            tag = self._tags + number
            if tag.hash == hash_ and tag.name_size == size and memcmp(tag.name, name, size) == 0:
                return number
            place = (place + 1) & self._mask
        if not is_text and not _is_ascii(name, name + size):
            return 0
        return self._add(name, size, hash_)

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _add(self, name: Bytes, size: cython.Py_ssize_t, hash_: uint32_t) -> cython.Py_ssize_t:
        if self._count == self._room and not self._make_room(self._room * 2):
            return -1
        number: cython.Py_ssize_t = self._count
        tag: cython.pointer[Tag] = self._tags + number
        memset(tag, 0, cython.sizeof(Tag))
        tag.name = cython.cast(cython.pointer[uint8_t], realloc(cython.NULL, size + 1))
        if tag.name == cython.NULL:
            return -1
        if size:
            memcpy(tag.name, name, size)
        tag.name_size = size
        tag.hash = hash_
        tag.shape_size = -1
        self._count += 1
        self._put(number)
        return number

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _put(self, number: cython.Py_ssize_t) -> cython.void:
        place: cython.size_t = self._tags[number].hash & self._mask
        while self._places[place]:
            place = (place + 1) & self._mask
        self._places[place] = number

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _make_room(self, room: cython.Py_ssize_t) -> cython.bint:
        """Room for that many tags, a power of two; half of the places stay free."""
        number: cython.Py_ssize_t
        tags: cython.p_void = realloc(self._tags, room * cython.sizeof(Tag))
        if tags == cython.NULL:
            return False
        self._tags = cython.cast(cython.pointer[Tag], tags)
        size: cython.size_t = cython.sizeof(cython.Py_ssize_t)
        order: cython.p_void = realloc(self._order, room * size)
        if order == cython.NULL:
            return False
        self._order = cython.cast(cython.pointer[cython.Py_ssize_t], order)
        places: cython.p_void = calloc(room * 2, size)
        if places == cython.NULL:
            return False
        free(self._places)
        self._places = cython.cast(cython.pointer[cython.Py_ssize_t], places)
        self._mask = room * 2 - 1
        self._room = room
        for number in range(1, self._count):
            self._put(number)
        return True
