"""What the tags of a task measure: one source a metric, and which of them lead.

In come ``Attempt``s and the table of names (``tasks.metric_names``); out go ``Metric``s.
"""
