output "address" {
  description = "Open this. The system log of a machine (EC2, Actions, Monitor and troubleshoot) has the link for its first administrator"
  value       = "${local.address}/"
}

output "photos_bucket_name" {
  description = "The photos; it stays when the rest is destroyed"
  value       = local.photos_bucket
}

output "people" {
  description = "The table of people; it stays when the rest is destroyed"
  value       = var.table_name
}

output "index" {
  description = "The table of lists and searches; it stays when the rest is destroyed"
  value       = "${var.table_name}-index"
}

output "role" {
  description = "The role of the machines"
  value       = aws_iam_role.machine_role.name
}

output "group" {
  description = "The Auto Scaling group"
  value       = aws_autoscaling_group.machines.name
}

output "alarms" {
  description = "Where alarms are published"
  value       = aws_sns_topic.alarm_topic.arn
}

output "load_balancer_name" {
  description = "The load balancer, as metrics name it"
  value       = aws_lb.load_balancer.arn_suffix
}

output "targets_name" {
  description = "The target group, as metrics name it"
  value       = aws_lb_target_group.targets.arn_suffix
}

output "log_group_name" {
  description = "The log of the machines; it stays when the rest is destroyed"
  value       = local.ships_logs ? local.log_group : null
}
