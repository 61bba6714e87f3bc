"""Where a task's time went, and when what is to come comes.

In come times and steps, as arrays or numbers; out go seconds. Nothing here asks for the time.
"""
