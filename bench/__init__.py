"""What a page costs, against a bare Flask view in the same run: ``make bench``."""
