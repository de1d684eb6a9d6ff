resource "aws_lb" "load_balancer" {
  #checkov:skip=CKV_AWS_150:It holds no data, and the template has none either
  #checkov:skip=CKV2_AWS_28:firewall.yaml puts AWS WAF before it, when it is there
  load_balancer_type         = "application"
  internal                   = var.scheme == "internal"
  ip_address_type            = var.ip_address_type
  subnets                    = local.subnets
  security_groups            = [aws_security_group.load_balancer_security_group.id]
  idle_timeout               = 60
  drop_invalid_header_fields = true

  dynamic "access_logs" {
    for_each = var.access_logs_bucket != "" ? [var.access_logs_bucket] : []

    content {
      enabled = true
      bucket  = access_logs.value
    }
  }

  lifecycle {
    precondition {
      condition     = !local.looks_up_subnets || length(local.subnets_found) >= 2
      error_message = "The VPC has public subnets in fewer than two zones with ${var.instance_type}: give subnets."
    }
  }
}

resource "aws_acm_certificate" "certificate" {
  count = local.makes_certificate ? 1 : 0

  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "certificate_proof" {
  count = local.makes_certificate ? 1 : 0

  zone_id         = var.hosted_zone_id
  name            = tolist(aws_acm_certificate.certificate[0].domain_validation_options)[0].resource_record_name
  type            = tolist(aws_acm_certificate.certificate[0].domain_validation_options)[0].resource_record_type
  records         = [tolist(aws_acm_certificate.certificate[0].domain_validation_options)[0].resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "certificate" {
  count = local.makes_certificate ? 1 : 0

  certificate_arn         = aws_acm_certificate.certificate[0].arn
  validation_record_fqdns = [aws_route53_record.certificate_proof[0].fqdn]
}

resource "aws_route53_record" "names" {
  count = local.has_domain ? 1 : 0

  zone_id = var.hosted_zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = aws_lb.load_balancer.dns_name
    zone_id                = aws_lb.load_balancer.zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "names_ipv6" {
  count = local.has_domain && local.has_two_families ? 1 : 0

  zone_id = var.hosted_zone_id
  name    = var.domain_name
  type    = "AAAA"

  alias {
    name                   = aws_lb.load_balancer.dns_name
    zone_id                = aws_lb.load_balancer.zone_id
    evaluate_target_health = false
  }
}

resource "aws_lb_target_group" "targets" {
  vpc_id      = data.aws_vpc.chosen.id
  target_type = "instance"
  protocol    = "HTTP"
  port        = 80

  # Touches neither table nor bucket: when they fail, no machine is replaced for it.
  health_check {
    path                = "/healthz"
    protocol            = "HTTP"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
    matcher             = "200"
  }

  deregistration_delay          = 30
  load_balancing_algorithm_type = "least_outstanding_requests"
}

resource "aws_lb_listener" "listener" {
  load_balancer_arn = aws_lb.load_balancer.arn
  port              = local.has_certificate ? 443 : 80
  protocol          = local.has_certificate ? "HTTPS" : "HTTP"
  ssl_policy        = local.has_certificate ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null
  certificate_arn   = local.has_certificate ? local.certificate_arn : null

  # Not of health checks, which ask the machines themselves.
  dynamic "default_action" {
    for_each = local.balancer_signs_in ? ["oidc"] : []

    content {
      type  = "authenticate-oidc"
      order = 1

      authenticate_oidc {
        issuer                     = var.oidc_issuer
        authorization_endpoint     = var.oidc_authorization_endpoint
        token_endpoint             = var.oidc_token_endpoint
        user_info_endpoint         = var.oidc_user_info_endpoint
        client_id                  = var.oidc_client_id
        client_secret              = var.oidc_client_secret
        scope                      = "openid email profile"
        session_timeout            = 43200
        on_unauthenticated_request = "authenticate"
      }
    }
  }

  default_action {
    type             = "forward"
    order            = local.balancer_signs_in ? 2 : null
    target_group_arn = aws_lb_target_group.targets.arn
  }
}

resource "aws_lb_listener" "http_to_https" {
  count = local.has_certificate ? 1 : 0

  load_balancer_arn = aws_lb.load_balancer.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}
