"""What a task is: its runs, attempts, metrics, status and progress, and its points once open."""
