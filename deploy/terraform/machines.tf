# Read by a machine that starts, so that no user data has it.
resource "aws_secretsmanager_secret" "client_secret" {
  #checkov:skip=CKV2_AWS_57:It is changed at the provider, and then here
  count = local.directory_signs_in ? 1 : 0

  name_prefix = "${var.name}-ClientSecret-"
  description = "The employee directory at its OpenID provider"
  kms_key_id  = local.has_key ? var.kms_key_arn : null
}

resource "aws_secretsmanager_secret_version" "client_secret" {
  count = local.directory_signs_in ? 1 : 0

  secret_id     = aws_secretsmanager_secret.client_secret[0].id
  secret_string = var.oidc_client_secret
}

# Amazon's newest Amazon Linux 2023, looked up at every plan.
data "aws_ssm_parameter" "image" {
  name = local.is_arm ? var.image_for_arm : var.image_for_intel
}

locals {
  # ../user-data-al2023.sh with its settings filled in.
  script          = file("${path.module}/../user-data-al2023.sh")
  before_settings = split("<<'END_OF_SETTINGS'\n", local.script)[0]
  after_settings  = split("\nEND_OF_SETTINGS\n", local.script)[1]

  settings = concat(
    [
      "APP_ARCHIVE=${var.app_archive}",
      "APP_SHA256=${var.app_sha256}",
      "PHOTOS_BUCKET=${local.photos_bucket}",
      "AWS_DEFAULT_REGION=${data.aws_region.current.region}",
      "DYNAMO_MODE=on",
      "DYNAMO_TABLE=${var.table_name}",
      "TRUSTED_PROXIES=1",
      "PUBLIC_ADDRESS=${local.address}",
    ],
    local.balancer_signs_in ? ["ALB_SIGN_IN=${aws_lb.load_balancer.arn}"] : [],
    local.balancer_signs_in || local.directory_signs_in ? [
      "OIDC_ISSUER=${var.oidc_issuer}",
      "OIDC_CLIENT_ID=${var.oidc_client_id}",
    ] : [],
    local.directory_signs_in ? [
      "OIDC_CLIENT_SECRET_FROM=${aws_secretsmanager_secret.client_secret[0].arn}",
    ] : [],
    local.ships_logs ? [
      "LOG_GROUP=${local.log_group}",
      "METRICS_LOG=on",
      "SERVICE_NAME=${var.name}",
    ] : [],
  )

  user_data = join("", [
    local.before_settings, "<<'END_OF_SETTINGS'\n",
    join("", [for line in local.settings : "${line}\n"]),
    "END_OF_SETTINGS\n", local.after_settings,
  ])
}

resource "aws_launch_template" "machine_template" {
  name_prefix   = "${var.name}-MachineTemplate-"
  image_id      = data.aws_ssm_parameter.image.insecure_value
  instance_type = var.instance_type
  user_data     = base64encode(local.user_data)

  iam_instance_profile {
    arn = aws_iam_instance_profile.machine_profile.arn
  }

  vpc_security_group_ids = [aws_security_group.machine_security_group.id]

  # IMDSv2, and not through a second hop.
  metadata_options {
    http_tokens                 = "required"
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 1
  }

  # CPU by the minute: the group then follows the load within minutes.
  monitoring {
    enabled = true
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 8
      encrypted             = true
      kms_key_id            = local.has_key ? var.kms_key_arn : null
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "volume"

    tags = {
      employee-directory = var.name
    }
  }
}

resource "aws_autoscaling_group" "machines" {
  name_prefix         = "${var.name}-Machines-"
  min_size            = var.least_machines
  max_size            = var.most_machines
  vpc_zone_identifier = local.machine_subnets
  target_group_arns   = [aws_lb_target_group.targets.arn]

  max_instance_lifetime = var.max_instance_lifetime

  dynamic "launch_template" {
    for_each = local.is_mixed ? [] : [aws_launch_template.machine_template]

    content {
      id      = launch_template.value.id
      version = launch_template.value.latest_version
    }
  }

  dynamic "mixed_instances_policy" {
    for_each = local.is_mixed ? [aws_launch_template.machine_template] : []

    content {
      instances_distribution {
        on_demand_base_capacity                  = var.least_machines
        on_demand_percentage_above_base_capacity = var.on_demand_percent
        spot_allocation_strategy                 = "price-capacity-optimized"
      }

      launch_template {
        launch_template_specification {
          launch_template_id = mixed_instances_policy.value.id
          version            = mixed_instances_policy.value.latest_version
        }

        dynamic "override" {
          for_each = compact([var.instance_type, var.second_instance_type, var.third_instance_type])

          content {
            instance_type = override.value
          }
        }
      }
    }
  }

  # An apply that makes the group waits until so many machines answer the load balancer.
  min_elb_capacity          = var.least_machines
  wait_for_capacity_timeout = "15m"

  health_check_type         = "ELB"
  health_check_grace_period = 300
  default_instance_warmup   = 120
  metrics_granularity       = "1Minute"
  enabled_metrics           = ["GroupInServiceInstances"]

  # A new release, size or image replaces the machines a few at a time, never below what runs. After
  # half of them, and after the last, five minutes are waited: an alarm takes the replacement back.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 150
      instance_warmup        = 120
      skip_matching          = true
      checkpoint_percentages = [50, 100]
      checkpoint_delay       = 300
      auto_rollback          = true

      alarm_specification {
        alarms = [
          aws_cloudwatch_metric_alarm.nobody_is_served.alarm_name,
          aws_cloudwatch_metric_alarm.pages_fail.alarm_name,
        ]
      }
    }
  }

  tag {
    key                 = "Name"
    value               = "employee-directory"
    propagate_at_launch = true
  }

  tag {
    key                 = "employee-directory"
    value               = var.name
    propagate_at_launch = true
  }

  # A target group must belong to a load balancer before a group of machines can use it. And no machine
  # starts before what it finds: tables, permissions, the client secret.
  depends_on = [
    aws_lb_listener.listener,
    aws_dynamodb_table.employees_table,
    aws_dynamodb_table.index_table,
    aws_iam_role_policy.machine_role,
    aws_secretsmanager_secret_version.client_secret,
  ]
}

resource "aws_autoscaling_policy" "hold_the_cpu" {
  name                   = "${var.name}-HoldTheCpu"
  autoscaling_group_name = aws_autoscaling_group.machines.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }

    target_value = var.cpu_target
  }
}
