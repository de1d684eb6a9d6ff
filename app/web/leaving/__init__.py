"""Pages on which people are marked as left, restored, and listed after they left."""
