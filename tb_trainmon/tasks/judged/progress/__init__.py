"""How far a task is, and how far it is to go: its counter, its total, each with its source.

In come ``Attempt``s, records beside the files and where siblings ended; out go steps and totals.
"""
