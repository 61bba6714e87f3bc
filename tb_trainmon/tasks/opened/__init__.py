"""A task that somebody looks at: its files, its table rows, all its points and its training log.

In come a layout and what was appended to its files; what is said of it is judged by ``judged``,
once a refresh.
"""
