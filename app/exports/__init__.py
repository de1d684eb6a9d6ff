"""Export people as CSV, XLSX, JSON Lines and vCards, as streams."""
