"""History from before TrainMon: what trainers leave behind, written into the database.

In come files that a trainer wrote and their tasks; out go rows, as the logger would have written.
"""
