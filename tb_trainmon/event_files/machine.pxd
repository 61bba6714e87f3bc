# What the kernel takes from C: the functions of machine.h, and the structures that it works on.

from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

ctypedef const uint8_t *Bytes

cdef extern from "machine.h" nogil:
    uint16_t load_u16(Bytes at)
    uint32_t load_u32(Bytes at)
    uint64_t load_u64(Bytes at)
    double load_f32(Bytes at)
    double load_f64(Bytes at)
    bint same_bytes(Bytes a, Bytes b, size_t size)
    double half_to_double(uint16_t bits)
    void crc32c_begin()
    uint32_t crc32c(Bytes at, size_t size)
    uint32_t crc32c_software(Bytes at, size_t size)
    uint32_t masked_crc32c(Bytes at, size_t size)

cdef enum:
    # Why a walk over records ended: in the order of ``decoder.Why``, and two more.
    REACHED, TORN, BAD_LENGTH, BAD_DATA, RARE, NO_MEMORY

cdef enum:
    # What became of one record; RARE and NO_MEMORY as above.
    TAKEN = -1

cdef enum:
    # The plugin of a tag, or the one that a value's metadata names.
    UNKNOWN, NAMELESS, SCALARS, TEXT, OTHER

# Bytes that are being taken apart: the next one, and the end.
cdef struct Span:
    Bytes at
    Bytes end

# A number in a tensor or in a simple_value.
cdef struct Number:
    bint is_there
    double value
    Bytes at                # where it stands, if it takes ``size`` bytes there as a float
    int size                # 4 or 8; 0 where another number may take other bytes

# What one Summary.Value says.
cdef struct Found:
    Py_ssize_t tag          # its index
    Number number
    int plugin              # what the metadata names; UNKNOWN where there is none
    bint learns             # the tag's plugin was not known, and this value names it

# What is known of a tag, and its points in this batch.
cdef struct Tag:
    uint8_t *name
    Py_ssize_t name_size
    uint32_t hash
    int plugin
    Py_ssize_t taken        # points in earlier batches
    double other_at         # time of the latest value in this batch that is no number
    Py_ssize_t size
    Py_ssize_t capacity
    int64_t *step
    double *wall_time
    double *value
    # Of its latest event that was one scalar and ended with its number: all that stood between
    # the step and the number. -1, with a number of no bytes: there was none.
    Py_ssize_t shape_size
    Py_ssize_t shape_capacity
    uint8_t *shape
    int number_size
    Py_ssize_t next         # the tag that came behind it, the last time
