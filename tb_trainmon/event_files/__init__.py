"""Event files: find them in a log directory, name them, glance at them, read them while they grow.

    names             what a file's name says
    urls              which paths lie in remote stores, and the package that reads them
    disk              stat and range reads: the only place that touches a file's bytes
    inside            what may be opened in a log directory
    scan              every folder and event file of a log directory, in one pass
    framing           record headers, and where the next one is when some were lost
    tags              what is kept by tag: its plugin, its points
    tensors           the number or the text in a tensor
    hyperparameters   what the hparams plugin's writers stored
    batch             what one read gave
    harvest           events in, batches out: what counts as what
    decoder           bytes in, batches out: what a decoder is
    python_decoder    the one that needs no compiler, and the reference
    kernel            the hot loop, compiled (machine.h, machine.pxd: what it takes from C)
    kernel_decoder    the compiled decoder: the kernel, and harvest for what is rare
    reader            which of the two reads
    damage            what was skipped, in sentences
    foreign           files that are something else, in sentences
    large_record      what is kept of records that are too large to be held
    cursor            how far a file was walked, and how to move on over damage
    event_file        one file, followed as it grows
    glance            the head and the tail of a file
    samples           windows along a large file
    remote            the same in stores, by fsspec

``names`` and ``scan`` need neither NumPy nor protobuf. Format sources:
``tensorflow/core/lib/io/record_writer.h`` for the framing, ``tensorboard/compat/proto/event.proto``
and ``summary.proto`` for what is in a record.
"""
