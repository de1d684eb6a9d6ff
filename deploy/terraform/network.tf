# Where, and who may talk to whom: people to the load balancer, the load balancer to the machines.

data "aws_vpc" "chosen" {
  id      = var.vpc != "" ? var.vpc : null
  default = var.vpc == "" ? true : null
}

data "aws_ec2_instance_type_offerings" "zones" {
  count = local.looks_up_subnets ? 1 : 0

  location_type = "availability-zone"

  filter {
    name   = "instance-type"
    values = [var.instance_type]
  }
}

data "aws_subnets" "public" {
  count = local.looks_up_subnets ? 1 : 0

  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.chosen.id]
  }

  filter {
    name   = "map-public-ip-on-launch"
    values = ["true"]
  }

  filter {
    name   = "availability-zone"
    values = data.aws_ec2_instance_type_offerings.zones[0].locations
  }
}

data "aws_subnet" "public" {
  for_each = toset(local.looks_up_subnets ? data.aws_subnets.public[0].ids : [])

  id = each.value
}

locals {
  # One public subnet in each zone that has such machines.
  zones_of_subnets = { for one in values(data.aws_subnet.public) : one.availability_zone => one.id... }
  subnets_found    = [for zone in sort(keys(local.zones_of_subnets)) : sort(local.zones_of_subnets[zone])[0]]
  subnets          = local.looks_up_subnets ? local.subnets_found : var.subnets
  machine_subnets  = length(var.machine_subnets) > 0 ? var.machine_subnets : local.subnets
}

resource "aws_security_group" "load_balancer_security_group" {
  name_prefix = "${var.name}-LoadBalancerSecurityGroup-"
  description = "People reach the load balancer of the employee directory"
  vpc_id      = data.aws_vpc.chosen.id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer_security_group" {
  security_group_id = aws_security_group.load_balancer_security_group.id
  description       = "HTTP"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = var.allowed_from
}

resource "aws_vpc_security_group_ingress_rule" "https_from_people" {
  count = local.has_certificate ? 1 : 0

  security_group_id = aws_security_group.load_balancer_security_group.id
  description       = "HTTPS"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = var.allowed_from
}

resource "aws_vpc_security_group_ingress_rule" "http_from_lists" {
  #checkov:skip=CKV_AWS_260:From the addresses of a list, and from nowhere else
  for_each = toset(compact([var.allowed_from_list, var.allowed_from_ipv6_list]))

  security_group_id = aws_security_group.load_balancer_security_group.id
  description       = "HTTP"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  prefix_list_id    = each.value
}

resource "aws_vpc_security_group_ingress_rule" "https_from_lists" {
  for_each = toset(compact([var.allowed_from_list, var.allowed_from_ipv6_list]))

  security_group_id = aws_security_group.load_balancer_security_group.id
  description       = "HTTPS"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = each.value
}

# Terraform takes away the rule that AWS gives to every new group; CloudFormation leaves it.
resource "aws_vpc_security_group_egress_rule" "load_balancer_security_group" {
  security_group_id = aws_security_group.load_balancer_security_group.id
  description       = "To the machines, and to the provider that signs in"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_security_group" "machine_security_group" {
  name_prefix = "${var.name}-MachineSecurityGroup-"
  description = "Only the load balancer reaches the machines of the employee directory"
  vpc_id      = data.aws_vpc.chosen.id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "machine_security_group" {
  #checkov:skip=CKV_AWS_260:From the load balancer alone
  security_group_id            = aws_security_group.machine_security_group.id
  description                  = "From the load balancer"
  ip_protocol                  = "tcp"
  from_port                    = 80
  to_port                      = 80
  referenced_security_group_id = aws_security_group.load_balancer_security_group.id
}

resource "aws_vpc_security_group_egress_rule" "machine_security_group" {
  security_group_id = aws_security_group.machine_security_group.id
  description       = "To AWS, and to where the release and its packages are"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
