"""Pure functions over points, columns in, columns out: lay attempts end to end, smooth, crop.

In come pieces of columns with their attempt; no file, no clock, no name of a metric.
"""
