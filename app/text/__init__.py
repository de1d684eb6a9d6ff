"""Rules for text: what is stripped, folded, split and searched."""
