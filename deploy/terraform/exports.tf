# What ../cloudformation.yaml exports, under the same names: ../watching.yaml and ../firewall.yaml look
# for it by the name of the directory. A stack has to have a resource; this one makes nothing.

locals {
  exports = merge(
    {
      Table        = var.table_name
      Group        = aws_autoscaling_group.machines.name
      Alarms       = aws_sns_topic.alarm_topic.arn
      LoadBalancer = aws_lb.load_balancer.arn_suffix
      Targets      = aws_lb_target_group.targets.arn_suffix
    },
    local.ships_logs ? { Logs = local.log_group } : {},
  )
}

resource "aws_cloudformation_stack" "exports" {
  #checkov:skip=CKV_AWS_124:It makes nothing, of which nobody need be told
  name = var.name

  template_body = jsonencode({
    Description = "What Terraform made for the employee directory, by the names that other stacks look for"
    Resources   = { Nothing = { Type = "AWS::CloudFormation::WaitConditionHandle" } }
    Outputs = {
      for name, value in local.exports : name => {
        Value  = value
        Export = { Name = "${var.name}-${name}" }
      }
    }
  })
}
