"""Read tables from CSV and XLSX files."""
