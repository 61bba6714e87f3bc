"""The rules: one module for each, or for a close family.

In comes one attempt (``Subject``); out go findings, or why there is nothing to see.
"""
