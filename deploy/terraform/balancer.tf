resource "aws_lb" "load_balancer" {
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = local.subnets
  security_groups            = [aws_security_group.load_balancer_security_group.id]
  idle_timeout               = 60
  drop_invalid_header_fields = true

  lifecycle {
    precondition {
      condition     = !local.looks_up_subnets || length(local.subnets_found) >= 2
      error_message = "The VPC has public subnets in fewer than two zones with ${var.instance_type}: give subnets."
    }
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
  certificate_arn   = local.has_certificate ? var.certificate_arn : null

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
