# What a machine may do: the statements of ../iam/machine.json, filled in.

locals {
  machine_policy = jsondecode(
    replace(replace(replace(replace(replace(
      file("${path.module}/../iam/machine.json"),
      "<PARTITION>", data.aws_partition.current.partition),
      "<REGION>", data.aws_region.current.region),
      "<ACCOUNT_ID>", data.aws_caller_identity.current.account_id),
      "<PHOTOS_BUCKET>", local.photos_bucket),
    "table/Employees", "table/${var.table_name}")
  )

  # Only where `flask setup` finds tables that this module did not make, and has to switch on what
  # they lack. SetUpBucket is never needed here.
  set_up_tables = ["SetUpTables", "SetUpExpiry"]
}

resource "aws_iam_role" "machine_role" {
  name_prefix = "${var.name}-MachineRole-"

  assume_role_policy   = file("${path.module}/../iam/machine-trust.json")
  permissions_boundary = local.has_boundary ? var.permissions_boundary : null
}

resource "aws_iam_role_policy" "machine_role" {
  name = "employee-directory"
  role = aws_iam_role.machine_role.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        for one in local.machine_policy.Statement : one
        if !startswith(one.Sid, "SetUp") || (local.finds_tables && contains(local.set_up_tables, one.Sid))
      ],
      # The one object that app_archive names, without the query of a link. When the archive is at
      # https://, no such object is in S3, and the statement allows nothing.
      [{
        Sid      = "FetchTheRelease"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:${data.aws_partition.current.partition}:s3:::${split("?", split("://", var.app_archive)[1])[0]}"
      }],
      local.ships_logs ? [{
        Sid      = "ShipTheLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:${local.log_group}:*"
      }] : [],
      local.directory_signs_in ? [{
        Sid      = "ReadTheClientSecret"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = aws_secretsmanager_secret.client_secret[0].arn
      }] : [],
    )
  })
}

resource "aws_iam_role_policy_attachment" "session_manager" {
  count = local.has_session_manager ? 1 : 0

  role       = aws_iam_role.machine_role.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "machine_profile" {
  name_prefix = "${var.name}-MachineProfile-"
  role        = aws_iam_role.machine_role.name
}
