"""How right TrainMon is, field by field, on labelled logs: ``python -m tests.judgement``."""
