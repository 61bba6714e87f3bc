"""The writer that people put into their training code. Imports training_logs and core only.

In come values as the training has them; out go event files and rows, from a thread of its own.
"""

from tb_trainmon.logger.task_logger import TaskLogger

__all__ = ["TaskLogger"]
