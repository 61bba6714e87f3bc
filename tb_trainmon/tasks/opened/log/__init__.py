"""The training log of an open task: recorded rows and derived ones, by page, searched, counted.

In come the rows of its table, its points and what was judged of it; out go entries as readers see
them.
"""
