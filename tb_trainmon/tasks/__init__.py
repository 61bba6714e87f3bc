"""What a task is; the parts, from the bottom up.

metric_names: what a tag means
found: what lies on disk and in the databases
judged: attempts, metrics, total, progress and status, each with its evidence
opened: a task that somebody looks at, with all its points
glances: head and tail of the files that nobody looks at
catalogue: which tasks there are
service: all of it, for the routes
"""
