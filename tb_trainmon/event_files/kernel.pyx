"""The hot loop over the records of an event file, compiled to C by Cython.

It reads what nearly all records are, scalars, straight into columns by tag, and steps over images,
histograms, audio and graphs, of which it only sees that they have the usual fields. Whatever
else there is (texts, hyper-parameters, session logs, an encoding that no known writer uses) it
hands over, record by record, as *rare*: so the rules for it stand once, in ``harvest``. Nothing
here decides that a record is invalid: what is odd is rare.

The events of a file go round the same tags in the same order, and differ in wall time, step and
number alone, which stand at known places:

    09 <wall time, 8 bytes> 10 <step, varint> <shape: everything else> <number, 4 or 8 bytes>

So each tag remembers the shape of its latest event and the tag that came behind it, and most
records cost a checksum, one comparison and three stores. Others are taken apart field by field.

The numbers of fields are those of ``tensorboard/compat/proto/`` (event, summary, tensor). All this
is one text to Cython and the C compiler, so that what is small is inlined wherever it stands; to a
reader it is six parts, in Cython's pure-Python mode, each of which uses those above it. The
structures are in ``machine.pxd``.
"""

include "kernel_source/fields.py"
include "kernel_source/tensors.py"
include "kernel_source/memory.py"
include "kernel_source/tags.py"
include "kernel_source/events.py"
include "kernel_source/walk.py"
