"""Text rules: cleaning, folding, tokens, search keys."""
