"""The writer that people put into their training code. Imports training_logs and core only."""

from tb_trainmon.logger.task_logger import TaskLogger

__all__ = ["TaskLogger"]
