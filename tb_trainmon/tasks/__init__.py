"""What a task is; the parts, from the bottom up.

    metric_names   what a tag means
    metric_guide   what the main metrics mean to a reader
    kinds          what is trained, by what is logged, and what leads then
    found          what lies on disk and in the databases
    judged         attempts, metrics, total, progress and status, each with its evidence
    opened         a task that somebody looks at, with all its points
    glances        head and tail of the files that nobody looks at
    limits         how long a silence a task of the list may have
    launch         what of a task tells whether it goes on from another, or another from it
    families       who is whose sibling, and where siblings ended
    settled        what the list keeps of a task that is over, packed
    judgements     what is said of the tasks of a list, kept until it may be something else
    continued      which folders go on as one task
    parted         which folders are several tasks
    published      what was said last of each task, and since when
    together       the tasks judged, each beside the others
    listing        what a list is, and how far it is
    catalogue      which tasks there are: finds and judges them in a thread
    sparks         the course of what leads, for the rows of a list
    service        all of it, for the routes
    from_flags     how a TensorBoard's flags begin it

In come a log directory and the companion databases; out go assessments and open tasks. What they
say is put into messages elsewhere.
"""
