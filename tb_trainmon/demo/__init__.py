"""A small real training job to watch: a character-level language model in NumPy."""
