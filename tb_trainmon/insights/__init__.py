"""What a practitioner would want to be told of a task: rules, each finding with its proof.

In comes an open task, by one door (``door``), which hands the rules attempts and series
(``subject``); out go findings. No rule knows where points come from, nor how they are shown.
"""
