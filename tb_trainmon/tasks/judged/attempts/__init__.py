"""Which attempts a task has had: the parts of its files by launch, each with where it starts.

In come ``FilePart``s of all of a task's files; out go ``Attempt``s in the order of their writing,
each with the evidence for it.
"""
