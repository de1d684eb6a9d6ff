# What holds data. Terraform refuses a plan that would destroy any of it (prevent_destroy); README.md
# says how to remove the rest and keep this.

resource "aws_dynamodb_table" "employees_table" {
  count = local.makes_tables ? 1 : 0

  name         = var.table_name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  # `flask follow` reads it, to list within seconds what other programs write.
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"

  point_in_time_recovery {
    enabled = true
  }

  deletion_protection_enabled = true

  dynamic "server_side_encryption" {
    for_each = local.has_key ? [var.kms_key_arn] : []

    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_dynamodb_table" "index_table" {
  count = local.makes_tables ? 1 : 0

  name         = "${var.table_name}-index"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "view"
  range_key    = "at"

  attribute {
    name = "view"
    type = "S"
  }

  attribute {
    name = "at"
    type = "S"
  }

  ttl {
    attribute_name = "ttl"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  deletion_protection_enabled = true

  dynamic "server_side_encryption" {
    for_each = local.has_key ? [var.kms_key_arn] : []

    content {
      enabled     = true
      kms_key_arn = server_side_encryption.value
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket" "photos_bucket" {
  #checkov:skip=CKV_AWS_18:The directory's own log has every photo that was asked for
  #checkov:skip=CKV_AWS_144:backup.yaml copies it to another region
  #checkov:skip=CKV2_AWS_62:Nothing waits for such events
  count = local.makes_bucket ? 1 : 0

  bucket_prefix = "${lower(var.name)}-photos-"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "photos_bucket" {
  count = local.makes_bucket ? 1 : 0

  bucket                  = aws_s3_bucket.photos_bucket[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_ownership_controls" "photos_bucket" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.photos_bucket[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "photos_bucket" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.photos_bucket[0].id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = local.has_key ? "aws:kms" : "AES256"
      kms_master_key_id = local.has_key ? var.kms_key_arn : null
    }

    bucket_key_enabled = local.has_key ? true : null
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "photos_bucket" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.photos_bucket[0].id

  versioning_configuration {
    status = "Enabled"
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "photos_bucket" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.photos_bucket[0].id

  # A photo that was replaced or deleted can be had back for 30 days.
  rule {
    id     = "ForgetOldVersions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "DropHalfDoneUploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.photos_bucket]

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_policy" "photos_bucket_policy" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.photos_bucket[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OverTlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.photos_bucket[0].arn, "${aws_s3_bucket.photos_bucket[0].arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.photos_bucket]

  lifecycle {
    prevent_destroy = true
  }
}

# Kept too: a machine that failed is gone, and its log says why.
resource "aws_cloudwatch_log_group" "logs" {
  #checkov:skip=CKV_AWS_158:Encrypted with CloudWatch's own key; log_group takes a group with another
  #checkov:skip=CKV_AWS_338:How long it is kept is a choice (log_days); it names people
  count = local.makes_log_group ? 1 : 0

  name_prefix       = "${var.name}-Logs-"
  retention_in_days = var.log_days

  lifecycle {
    prevent_destroy = true
  }
}
