"""Any sequence of operations: every store answers as the plain model does."""
