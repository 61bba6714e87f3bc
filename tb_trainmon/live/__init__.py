"""Watches open tasks while somebody looks at them, and wakes the streams. Knows no HTTP.

In come questions that can answer themselves (``parcel.Question``); out go parcels of bytes, into
the mailbox of each viewer.
"""
