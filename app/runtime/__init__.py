"""What every process of the directory stands on: deadlines, logs, files, the machine's metadata."""
