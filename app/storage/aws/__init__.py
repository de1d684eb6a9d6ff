"""S3 and the data lake."""
