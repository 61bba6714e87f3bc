"""Columns of points in memory of their own, and how they are handed out."""

from typing import Any

import cython
import numpy as np
from cython.cimports.cpython.buffer import Py_buffer, PyBuffer_FillInfo
from cython.cimports.libc.stdint import int64_t
from cython.cimports.libc.stdlib import free, malloc, realloc
from cython.cimports.libc.string import memcpy
from cython.cimports.tb_trainmon.event_files.machine import Tag

from tb_trainmon.core.columns import Column, RoomyColumn

_FIRST = cython.declare(cython.Py_ssize_t, 64)  # points of a tag that there is room for at first


@cython.final
@cython.cclass
class Memory:
    """A column that was handed out; freed with the last NumPy array that looks at it."""

    start: cython.p_void
    size: cython.Py_ssize_t

    def __getbuffer__(self, buffer: cython.pointer[Py_buffer], flags: cython.int) -> None:
        PyBuffer_FillInfo(buffer, self, self.start, self.size, 0, flags)

    def __dealloc__(self) -> None:
        free(self.start)


@cython.cfunc
def _owned(start: cython.p_void, size: cython.Py_ssize_t, dtype: Any) -> Any:
    """A NumPy array of ``size`` elements of 8 bytes, which owns the memory at ``start``."""
    memory: Memory = Memory()
    memory.start = start
    memory.size = size * 8
    return np.frombuffer(cython.cast(object, memory), dtype)


@cython.cfunc
def _array(start: cython.p_void, size: cython.Py_ssize_t, dtype: Any) -> Any:
    """The same, of memory of which growing took too much: that goes back."""
    smaller: cython.p_void
    if size < _FIRST:
        # What is cut off thousands of small blocks lies between them, and is of use to nobody.
        smaller = malloc(size * 8)
        if smaller != cython.NULL:
            memcpy(smaller, start, size * 8)
            free(start)
    else:
        # A block that becomes smaller stays where it is.
        smaller = realloc(start, size * 8)
    return _owned(smaller if smaller != cython.NULL else start, size, dtype)


@cython.cfunc
def _column(tag: cython.pointer[Tag]) -> Any:
    """The points of ``tag``, in memory that is no longer its own.

    Many points keep room for more behind them, so that appending to them need not copy them all:
    memory that nobody has written to costs nothing.
    """
    size: cython.Py_ssize_t = tag.size
    room: cython.Py_ssize_t = size
    if size >= 4096:
        room = min(tag.capacity, size + size // 32)
    int64: Any = np.int64
    float64: Any = np.float64
    step: Any = _array(tag.step, room, int64)
    tag.step = cython.NULL
    wall_time: Any = _array(tag.wall_time, room, float64)
    tag.wall_time = cython.NULL
    value: Any = _array(tag.value, room, float64)
    tag.value = cython.NULL
    tag.taken += size
    tag.size = tag.capacity = 0
    if room == size:
        return Column(step, wall_time, value)
    whole: Any = Column(step, wall_time, value)
    return RoomyColumn(step[:size], wall_time[:size], value[:size], whole)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _empty(tag: cython.pointer[Tag]) -> cython.void:
    """Free the points of a tag, which were copied."""
    free(tag.step)
    free(tag.wall_time)
    free(tag.value)
    tag.step = cython.NULL
    tag.wall_time = tag.value = cython.NULL
    tag.taken += tag.size
    tag.size = tag.capacity = 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _grow(tag: cython.pointer[Tag], capacity: cython.Py_ssize_t) -> cython.bint:
    """Room for more points. Large blocks are moved by their page tables, not copied."""
    step: cython.p_void = realloc(tag.step, capacity * 8)
    if step == cython.NULL:
        return False
    tag.step = cython.cast(cython.pointer[int64_t], step)
    wall_time: cython.p_void = realloc(tag.wall_time, capacity * 8)
    if wall_time == cython.NULL:
        return False
    tag.wall_time = cython.cast(cython.p_double, wall_time)
    value: cython.p_void = realloc(tag.value, capacity * 8)
    if value == cython.NULL:
        return False
    tag.value = cython.cast(cython.p_double, value)
    tag.capacity = capacity
    return True
