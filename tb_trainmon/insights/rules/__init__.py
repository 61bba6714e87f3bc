"""The rules: one module for each, or for a close family."""
