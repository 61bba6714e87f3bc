"""The list of all tasks: found and judged in a thread, by the ends of their files; kept small.

    glances        head and tail of the files that nobody looks at
    limits         how long a silence a task of the list may have
    launch         what of a task tells whether it goes on from another, or another from it
    families       who is whose sibling, and where siblings ended
    settled        what is kept of a task that is over, packed
    judgements     what is said of the tasks, kept until it may be something else
    continued      which folders go on as one task
    parted         which folders are several tasks
    published      what was said last of each task, and since when
    together       the tasks judged, each beside the others
    listing        what a list is, and how far it is
    sparks         the course of what leads, for the rows of a list
    catalogue      which tasks there are: finds and judges them in a thread

In come layouts and the clock; out go listings, at once, with what is known so far.
"""
