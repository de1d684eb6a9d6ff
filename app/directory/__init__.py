"""The directory itself: what the web and the commands ask."""
