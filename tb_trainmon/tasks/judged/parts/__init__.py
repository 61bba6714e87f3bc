"""What an event file is known to hold: parts, cut where training was restarted inside it.

In come tags with counts, steps, times and some points of each, from a glance or from all of the
file; out go ``FilePart``s, which series leads one, and what the steps of the others count.
"""
