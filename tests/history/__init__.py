"""What changed, by the rules that every store shares."""
