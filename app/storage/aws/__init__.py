"""Amazon S3 for photos, the Parquet data lake, and checks of AWS credentials and clock."""
