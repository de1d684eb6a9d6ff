# What the variables mean together.

locals {
  has_domain          = var.domain_name != ""
  makes_certificate   = local.has_domain && var.certificate_arn == ""
  has_certificate     = local.has_domain || var.certificate_arn != ""
  has_two_families    = var.ip_address_type != "ipv4"
  is_mixed            = var.second_instance_type != ""
  has_boundary        = var.permissions_boundary != ""
  has_key             = var.kms_key_arn != ""
  balancer_signs_in   = var.sign_in == "oidc-at-the-balancer"
  directory_signs_in  = var.sign_in == "oidc"
  looks_up_subnets    = length(var.subnets) == 0
  has_session_manager = var.session_manager == "yes"
  makes_tables        = var.existing_tables == "no"
  finds_tables        = var.existing_tables == "yes"
  makes_bucket        = var.existing_bucket == ""
  ships_logs          = var.log_days != 0
  makes_log_group     = local.ships_logs && var.log_group == ""
  is_arm              = startswith(var.instance_type, "t4g.")

  photos_bucket = local.makes_bucket ? aws_s3_bucket.photos_bucket[0].id : var.existing_bucket
  log_group     = local.makes_log_group ? aws_cloudwatch_log_group.logs[0].name : var.log_group
  protocol      = local.has_certificate ? "https" : "http"
  host          = local.has_domain ? var.domain_name : aws_lb.load_balancer.dns_name
  address       = var.public_address != "" ? var.public_address : "${local.protocol}://${local.host}"

  # One that waits for its proof in Route 53, or the one that is there.
  certificate_arn = local.makes_certificate ? aws_acm_certificate_validation.certificate[0].certificate_arn : var.certificate_arn
}

# Makes nothing: stops a plan whose way of signing in lacks what it needs.
resource "terraform_data" "choices" {
  lifecycle {
    precondition {
      condition     = !local.balancer_signs_in || local.has_certificate
      error_message = "A load balancer signs in people over HTTPS only - give certificate_arn or domain_name"
    }

    precondition {
      condition     = !(local.balancer_signs_in || local.directory_signs_in) || var.oidc_issuer != ""
      error_message = "Give oidc_issuer"
    }

    precondition {
      condition     = !(local.balancer_signs_in || local.directory_signs_in) || var.oidc_client_id != ""
      error_message = "Give oidc_client_id"
    }

    precondition {
      condition     = !(local.balancer_signs_in || local.directory_signs_in) || var.oidc_client_secret != ""
      error_message = "Give oidc_client_secret"
    }

    precondition {
      condition     = !local.balancer_signs_in || var.oidc_authorization_endpoint != ""
      error_message = "Give oidc_authorization_endpoint"
    }

    precondition {
      condition     = !local.balancer_signs_in || var.oidc_token_endpoint != ""
      error_message = "Give oidc_token_endpoint"
    }

    precondition {
      condition     = !local.balancer_signs_in || var.oidc_user_info_endpoint != ""
      error_message = "Give oidc_user_info_endpoint"
    }

    precondition {
      condition     = !local.directory_signs_in || var.public_address != "" || local.has_domain
      error_message = "The provider sends people back to public_address - give it or domain_name"
    }

    precondition {
      condition     = !local.has_domain || var.hosted_zone_id != ""
      error_message = "domain_name is made in a zone of Route 53 - give hosted_zone_id"
    }
  }
}
