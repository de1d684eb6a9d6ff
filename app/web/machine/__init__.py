"""Pages about the machines: health, console, diagnostics."""
