"""The words that every other room uses: types and errors. Imports nothing of ours.

What comes in is of no room: columns of points, problems in sentences, errors with their codes.
"""
