"""What is said of a task: attempts, metrics, total, progress and status, each with its source."""
