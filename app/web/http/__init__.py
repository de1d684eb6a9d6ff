"""HTTP: headers, compression, caching, files."""
