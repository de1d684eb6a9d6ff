# Each says what to look at.

resource "aws_sns_topic" "alarm_topic" {
  #checkov:skip=CKV_AWS_26:Alarms name nobody, and CloudWatch may not use the account's own key of SNS
  name_prefix = "${var.name}-AlarmTopic-"
}

resource "aws_sns_topic_subscription" "alarm_subscription" {
  count = var.alarm_email != "" ? 1 : 0

  topic_arn = aws_sns_topic.alarm_topic.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

resource "aws_cloudwatch_metric_alarm" "nobody_is_served" {
  alarm_name        = "${var.name}-NobodyIsServed"
  alarm_description = "No machine answers /healthz. Read the console log of a machine (EC2, Actions, Monitor and troubleshoot, Get system log): it names the line that failed. Read docs/runbook.md#nobodyisserved"

  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"

  dimensions = {
    LoadBalancer = aws_lb.load_balancer.arn_suffix
    TargetGroup  = aws_lb_target_group.targets.arn_suffix
  }

  alarm_actions = [aws_sns_topic.alarm_topic.arn]
  ok_actions    = [aws_sns_topic.alarm_topic.arn]
}

resource "aws_cloudwatch_metric_alarm" "a_machine_is_sick" {
  alarm_name        = "${var.name}-AMachineIsSick"
  alarm_description = "A machine has not answered /healthz for ten minutes, and its replacement does not either. Read its console log. Read docs/runbook.md#amachineissick"

  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 10
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    LoadBalancer = aws_lb.load_balancer.arn_suffix
    TargetGroup  = aws_lb_target_group.targets.arn_suffix
  }

  alarm_actions = [aws_sns_topic.alarm_topic.arn]
  ok_actions    = [aws_sns_topic.alarm_topic.arn]
}

resource "aws_cloudwatch_metric_alarm" "pages_fail" {
  alarm_name        = "${var.name}-PagesFail"
  alarm_description = "Machines answered more than ten pages in five minutes with an error. Open /readyz: it says whether the database or the bucket fails; the journal of a machine names the cause. Read docs/runbook.md#pagesfail"

  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 10
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    LoadBalancer = aws_lb.load_balancer.arn_suffix
  }

  alarm_actions = [aws_sns_topic.alarm_topic.arn]
  ok_actions    = [aws_sns_topic.alarm_topic.arn]
}

resource "aws_cloudwatch_metric_alarm" "pages_are_slow" {
  alarm_name        = "${var.name}-PagesAreSlow"
  alarm_description = "One page in twenty took longer than a second for ten minutes. Look at the CPU of the machines and at the throttling of the tables. Read docs/runbook.md#pagesareslow"

  namespace           = "AWS/ApplicationELB"
  metric_name         = "TargetResponseTime"
  extended_statistic  = "p95"
  period              = 300
  evaluation_periods  = 2
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    LoadBalancer = aws_lb.load_balancer.arn_suffix
  }

  alarm_actions = [aws_sns_topic.alarm_topic.arn]
  ok_actions    = [aws_sns_topic.alarm_topic.arn]
}

resource "aws_cloudwatch_metric_alarm" "no_room_to_grow" {
  alarm_name        = "${var.name}-NoRoomToGrow"
  alarm_description = "For fifteen minutes as many machines ran as most_machines allows. Raise it, or take a larger instance_type. Read docs/runbook.md#noroomtogrow"

  namespace           = "AWS/AutoScaling"
  metric_name         = "GroupInServiceInstances"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 15
  threshold           = var.most_machines
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    AutoScalingGroupName = aws_autoscaling_group.machines.name
  }

  alarm_actions = [aws_sns_topic.alarm_topic.arn]
  ok_actions    = [aws_sns_topic.alarm_topic.arn]
}

resource "aws_cloudwatch_metric_alarm" "index_reads_are_throttled" {
  alarm_name        = "${var.name}-IndexReadsAreThrottled"
  alarm_description = "Lists were refused by DynamoDB more often than they were asked again. Read docs/runbook.md#indexreadsarethrottled"

  namespace           = "AWS/DynamoDB"
  metric_name         = "ReadThrottleEvents"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 50
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    TableName = "${var.table_name}-index"
  }

  alarm_actions = [aws_sns_topic.alarm_topic.arn]
  ok_actions    = [aws_sns_topic.alarm_topic.arn]
}

resource "aws_cloudwatch_metric_alarm" "index_writes_are_throttled" {
  alarm_name        = "${var.name}-IndexWritesAreThrottled"
  alarm_description = "Saves were refused by DynamoDB; a large import is the usual cause. Read docs/runbook.md#indexwritesarethrottled"

  namespace           = "AWS/DynamoDB"
  metric_name         = "WriteThrottleEvents"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 50
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"

  dimensions = {
    TableName = "${var.table_name}-index"
  }

  alarm_actions = [aws_sns_topic.alarm_topic.arn]
  ok_actions    = [aws_sns_topic.alarm_topic.arn]
}
