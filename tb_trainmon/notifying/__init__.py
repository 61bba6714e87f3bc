"""Tells people of their tasks without a browser: what is news, whom it concerns, how it gets there.

In come the messages of the route ``tasks``; out go letters, by the services that ``apprise`` knows.
What was told is remembered in one file, so that no news is told twice or lost by a restart.
"""
