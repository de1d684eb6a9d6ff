"""All tests, and under `ground` the real servers that they stand on."""
