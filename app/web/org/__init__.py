"""The org chart: the line above somebody, and who reports to them."""
