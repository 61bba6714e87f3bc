"""What lies on disk and in the databases: roots, runs, side files, table rows; nothing judged."""
