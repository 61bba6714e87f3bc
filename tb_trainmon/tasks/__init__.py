"""What a task is: how tasks are found, judged, opened and listed. The parts, from the bottom up.

    metric_names   what a tag means
    metric_guide   what the main metrics mean to a reader
    kinds          what is trained, by what is logged, and what leads then
    found          what lies on disk and in the databases
    judged         attempts, metrics, total, progress and status, each with its evidence
    opened         a task that somebody looks at, with all its points
    listed         all tasks, by the ends of their files
    service        all of it, for the routes
    from_flags     how a TensorBoard's flags begin it

In come a log directory and the companion databases; out go assessments and open tasks. What they
say is put into messages elsewhere.
"""
