"""What is measured, and how it is told: names, lines of metrics in the log, and /metrics."""
