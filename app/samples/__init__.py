"""What sample people are made of: names, jobs, places, faces."""
