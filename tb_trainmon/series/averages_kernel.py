"""The averages of ``averages``, compiled to C by Cython: the same operations in the same order.

The compiler is told not to fuse a multiplication with an addition (``build_support/kernel.py``):
that would round once where Python rounds twice. Values are taken in blocks that stay in the
processor's nearest memory; within one the divisions, and the additions of one lag, do not wait for
each other. This is Cython's pure-Python mode.
"""

from __future__ import annotations

import cython
import numpy as np
from cython.cimports.cpython.buffer import (
    Py_buffer,
    PyBUF_SIMPLE,
    PyBUF_WRITABLE,
    PyBuffer_Release,
    PyObject_GetBuffer,
)

from tb_trainmon.core.columns import FloatArray

BLOCK = cython.declare(cython.Py_ssize_t, 512)  # values


def exponential(
    value: FloatArray, weight: cython.double, last: cython.double, power: cython.double
) -> tuple[FloatArray, float, float]:
    """The compiled ``averages.exponential``."""
    source = cython.declare(Py_buffer)
    target = cython.declare(Py_buffer)
    size: cython.Py_ssize_t = len(value)
    result = np.empty(size)
    PyObject_GetBuffer(
        np.ascontiguousarray(value, dtype=np.float64), cython.address(source), PyBUF_SIMPLE
    )
    PyObject_GetBuffer(result, cython.address(target), PyBUF_WRITABLE)
    with cython.nogil:
        _exponential(
            cython.cast(cython.p_double, source.buf),
            cython.cast(cython.p_double, target.buf),
            size,
            weight,
            cython.address(last),
            cython.address(power),
        )
    PyBuffer_Release(cython.address(target))
    PyBuffer_Release(cython.address(source))
    return result, last, power


def trailing(value: FloatArray, window: cython.Py_ssize_t) -> FloatArray:
    """The compiled ``averages.trailing``."""
    source = cython.declare(Py_buffer)
    target = cython.declare(Py_buffer)
    size: cython.Py_ssize_t = len(value)
    result = np.empty(size)
    PyObject_GetBuffer(
        np.ascontiguousarray(value, dtype=np.float64), cython.address(source), PyBUF_SIMPLE
    )
    PyObject_GetBuffer(result, cython.address(target), PyBUF_WRITABLE)
    with cython.nogil:
        _trailing(
            cython.cast(cython.p_double, source.buf),
            cython.cast(cython.p_double, target.buf),
            size,
            window,
        )
    PyBuffer_Release(cython.address(target))
    PyBuffer_Release(cython.address(source))
    return result


@cython.cfunc
@cython.nogil
@cython.cdivision(True)
@cython.exceptval(check=False)
def _exponential(
    value: cython.p_double,
    result: cython.p_double,
    size: cython.Py_ssize_t,
    weight: cython.double,
    last: cython.p_double,
    power: cython.p_double,
) -> cython.void:
    rest: cython.double = 1.0 - weight
    mean: cython.double = last[0]
    left: cython.double = power[0]
    powers = cython.declare(cython.double[512])
    begin: cython.Py_ssize_t = 0
    count: cython.Py_ssize_t
    i: cython.Py_ssize_t
    while begin < size:
        count = min(BLOCK, size - begin)
        for i in range(count):
            mean = mean * weight + rest * value[begin + i]
            left = left * weight
            result[begin + i] = mean
            powers[i] = left
        for i in range(count):
            result[begin + i] = result[begin + i] / (1.0 - powers[i])
        begin += count
    last[0] = mean
    power[0] = left


@cython.cfunc
@cython.nogil
@cython.cdivision(True)
@cython.exceptval(check=False)
def _trailing(
    value: cython.p_double,
    result: cython.p_double,
    size: cython.Py_ssize_t,
    window: cython.Py_ssize_t,
) -> cython.void:
    divisor: cython.double = window
    begin: cython.Py_ssize_t = min(window - 1, size)
    count: cython.Py_ssize_t
    i: cython.Py_ssize_t
    back: cython.Py_ssize_t
    for i in range(begin):  # those that have fewer before them
        result[i] = value[i]
        for back in range(1, i + 1):
            result[i] = result[i] + value[i - back]
        result[i] = result[i] / (i + 1)
    while begin < size:
        count = min(BLOCK, size - begin)
        for i in range(count):
            result[begin + i] = value[begin + i]
        for back in range(1, window):
            for i in range(count):
                result[begin + i] = result[begin + i] + value[begin + i - back]
        for i in range(count):
            result[begin + i] = result[begin + i] / divisor
        begin += count
