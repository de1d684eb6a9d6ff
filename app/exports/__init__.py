"""People leave the directory: as CSV, XLSX, JSON Lines and vCards, piece by piece."""
