# What the variables mean together.

locals {
  has_certificate     = var.certificate_arn != ""
  balancer_signs_in   = var.sign_in == "oidc-at-the-balancer"
  directory_signs_in  = var.sign_in == "oidc"
  looks_up_subnets    = length(var.subnets) == 0
  has_session_manager = var.session_manager == "yes"
  makes_tables        = var.existing_tables == "no"
  finds_tables        = var.existing_tables == "yes"
  makes_bucket        = var.existing_bucket == ""
  is_arm              = startswith(var.instance_type, "t4g.")

  photos_bucket = local.makes_bucket ? aws_s3_bucket.photos_bucket[0].id : var.existing_bucket
  scheme        = local.has_certificate ? "https" : "http"
  address       = var.public_address != "" ? var.public_address : "${local.scheme}://${aws_lb.load_balancer.dns_name}"
}

# Makes nothing: stops a plan whose way of signing in lacks what it needs.
resource "terraform_data" "choices" {
  lifecycle {
    precondition {
      condition     = !local.balancer_signs_in || var.certificate_arn != ""
      error_message = "A load balancer signs in people over HTTPS only - give certificate_arn"
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
      condition     = !local.directory_signs_in || var.public_address != ""
      error_message = "The provider sends people back to public_address - give it"
    }
  }
}
