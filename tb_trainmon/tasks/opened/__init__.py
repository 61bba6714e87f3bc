"""A task that somebody looks at: its files, its table rows, all its points and its training log."""
