"""What lies on disk and in the databases: roots, runs, side files, table rows; nothing judged.

In come a scan of the log directory and its configuration; out goes a ``Layout`` for each task.
"""
