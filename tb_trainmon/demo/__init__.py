"""A small real training job to watch: a character-level language model in NumPy.

In come a log directory and a port; out go a job that trains and a TensorBoard that shows it.
"""
