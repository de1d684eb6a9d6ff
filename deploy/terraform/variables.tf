# The parameters of ../cloudformation.yaml, in snake_case, with the same defaults (a test compares them).

variable "name" {
  description = "The name of this directory: in the names of what is made, and in the tag employee-directory"
  type        = string
  default     = "directory"

  validation {
    condition     = can(regex("^(?:[A-Za-z][A-Za-z0-9-]{0,24})$", var.name))
    error_message = "Give 1 to 25 letters, digits and hyphens, a letter first."
  }
}

variable "app_archive" {
  description = "The release that deploy/build-archive made, at https://... or s3://bucket/key"
  type        = string

  validation {
    condition     = can(regex("^(?:(https|s3)://[^\\s<>\"'$`\\\\]+)$", var.app_archive))
    error_message = "Give an address that begins with https:// or s3://, without spaces."
  }
}

variable "app_sha256" {
  description = "The sha256 that deploy/build-archive printed; a machine refuses any other archive"
  type        = string

  validation {
    condition     = can(regex("^(?:[0-9a-f]{64})$", var.app_sha256))
    error_message = "Give 64 characters, 0 to 9 and a to f."
  }
}

variable "allowed_from" {
  description = "Who may open the directory: your office's addresses, such as 203.0.113.0/24. 0.0.0.0/0 is everybody on the internet"
  type        = string

  validation {
    condition     = can(regex("^(?:(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2})$", var.allowed_from))
    error_message = "Give IPv4 addresses such as 203.0.113.0/24."
  }
}

variable "allowed_from_list" {
  description = "And who else - a managed prefix list (pl-...) of IPv4 addresses"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|pl-[0-9a-f]+)$", var.allowed_from_list))
    error_message = "Give what the description says."
  }
}

variable "allowed_from_ipv6_list" {
  description = "And one of IPv6 addresses, with ip_address_type dualstack"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|pl-[0-9a-f]+)$", var.allowed_from_ipv6_list))
    error_message = "Give what the description says."
  }
}

variable "domain_name" {
  description = "A name of your own, such as people.example.com, which hosted_zone_id answers for"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|[a-z0-9.-]+)$", var.domain_name))
    error_message = "Give what the description says."
  }
}

variable "hosted_zone_id" {
  description = "The zone in Route 53 where the stack makes the name, and the certificate's proof"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|Z[A-Z0-9]+)$", var.hosted_zone_id))
    error_message = "Give what the description says."
  }
}

variable "certificate_arn" {
  description = "A certificate of ACM in this region, for HTTPS. Empty is plain HTTP"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|arn:aws[a-z-]*:acm:[a-z0-9-]+:\\d{12}:certificate/.+)$", var.certificate_arn))
    error_message = "Give what the description says."
  }
}

variable "public_address" {
  description = "Where people find it, such as https://people.example.com. Empty is the load balancer's own name"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|https?://[A-Za-z0-9.:-]+)$", var.public_address))
    error_message = "Give an address such as https://people.example.com, without a path."
  }
}

variable "sign_in" {
  description = "setup-link - who opens the link in the system log of a machine becomes the administrator, and invites others. oidc-at-the-balancer - the load balancer signs in people at your provider, which sends them back to /oauth2/idpresponse. oidc - the directory does, and its path is /sign-in/back"
  type        = string
  default     = "setup-link"

  validation {
    condition     = contains(["setup-link", "oidc-at-the-balancer", "oidc"], var.sign_in)
    error_message = "Give one of setup-link, oidc-at-the-balancer, oidc."
  }
}

variable "oidc_issuer" {
  description = "The issuer of your provider, exactly as its discovery document says"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|https://[^\\s<>\"'$`\\\\]+)$", var.oidc_issuer))
    error_message = "Give an address that begins with https://."
  }
}

variable "oidc_client_id" {
  description = "The client id that the provider gave to the directory"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:[^\\s<>\"'$`\\\\]*)$", var.oidc_client_id))
    error_message = "Give no spaces, quotation marks or placeholders."
  }
}

variable "oidc_client_secret" {
  description = "The client secret; the load balancer or Secrets Manager keeps it"
  type        = string
  default     = ""
  sensitive   = true

  validation {
    condition     = can(regex("^(?:[^\\s<>\"'\\\\]*)$", var.oidc_client_secret))
    error_message = "Give no spaces, quotation marks or placeholders."
  }
}

variable "oidc_authorization_endpoint" {
  description = "Of the provider, for oidc-at-the-balancer (authorization_endpoint of its discovery)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|https://.+)$", var.oidc_authorization_endpoint))
    error_message = "Give what the description says."
  }
}

variable "oidc_token_endpoint" {
  description = "Of the provider, for oidc-at-the-balancer (token_endpoint)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|https://.+)$", var.oidc_token_endpoint))
    error_message = "Give what the description says."
  }
}

variable "oidc_user_info_endpoint" {
  description = "Of the provider, for oidc-at-the-balancer (userinfo_endpoint)"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|https://.+)$", var.oidc_user_info_endpoint))
    error_message = "Give what the description says."
  }
}

variable "vpc" {
  description = "The VPC of the subnets. Empty is the default VPC"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|vpc-[0-9a-f]+)$", var.vpc))
    error_message = "Give what the description says."
  }
}

variable "subnets" {
  description = "At least two, in different zones, that reach the internet. Empty looks up those of the VPC"
  type        = list(string)
  default     = []
}

variable "machine_subnets" {
  description = "Subnets of the machines, if they are others (network.yaml makes private ones)"
  type        = list(string)
  default     = []
}

variable "scheme" {
  description = "internal - the load balancer has addresses of the VPC alone"
  type        = string
  default     = "internet-facing"

  validation {
    condition     = contains(["internet-facing", "internal"], var.scheme)
    error_message = "Give one of internet-facing, internal."
  }
}

variable "ip_address_type" {
  description = "dualstack also takes IPv6, in subnets that have it"
  type        = string
  default     = "ipv4"

  validation {
    condition     = contains(["ipv4", "dualstack", "dualstack-without-public-ipv4"], var.ip_address_type)
    error_message = "Give one of ipv4, dualstack, dualstack-without-public-ipv4."
  }
}

variable "access_logs_bucket" {
  description = "A bucket for the load balancer's log of requests (network.yaml makes one)"
  type        = string
  default     = ""
}

variable "instance_type" {
  description = "The size of a machine; t4g is ARM and costs less"
  type        = string
  default     = "t3.micro"

  validation {
    condition     = contains(["t3.micro", "t3.small", "t3.medium", "t3.large", "t4g.micro", "t4g.small", "t4g.medium", "t4g.large"], var.instance_type)
    error_message = "Give one of t3.micro, t3.small, t3.medium, t3.large, t4g.micro, t4g.small, t4g.medium, t4g.large."
  }
}

variable "second_instance_type" {
  description = "Another, of the same processor, for when AWS has no more of the first"
  type        = string
  default     = ""
}

variable "third_instance_type" {
  description = "And another"
  type        = string
  default     = ""
}

variable "on_demand_percent" {
  description = "With second_instance_type, so many of the machines above least_machines; others are spot"
  type        = number
  default     = 100

  validation {
    condition     = var.on_demand_percent >= 0 && var.on_demand_percent <= 100
    error_message = "Give 0 to 100."
  }
}

variable "least_machines" {
  description = "So many machines run at night"
  type        = number
  default     = 2

  validation {
    condition     = var.least_machines >= 1 && var.least_machines <= 20
    error_message = "Give 1 to 20."
  }
}

variable "most_machines" {
  description = "So many machines run at most, however high the load"
  type        = number
  default     = 6

  validation {
    condition     = var.most_machines >= 1 && var.most_machines <= 20
    error_message = "Give 1 to 20."
  }
}

variable "cpu_target" {
  description = "Machines are added and taken away to hold the CPU at this percentage"
  type        = number
  default     = 50

  validation {
    condition     = var.cpu_target >= 10 && var.cpu_target <= 90
    error_message = "Give 10 to 90."
  }
}

variable "max_instance_lifetime" {
  description = "A machine is replaced after so many seconds (604800 is a week). 0 is never"
  type        = number
  default     = 0

  validation {
    condition     = contains([0, 86400, 604800, 1209600, 2592000], var.max_instance_lifetime)
    error_message = "Give one of 0, 86400, 604800, 1209600, 2592000."
  }
}

variable "permissions_boundary" {
  description = "The policy that limits every role of the stack, where your account asks for one"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|arn:aws[a-z-]*:iam::.+:policy/.+)$", var.permissions_boundary))
    error_message = "Give what the description says."
  }
}

variable "session_manager" {
  description = "A shell on the machines by AWS Session Manager (no SSH, no open port)"
  type        = string
  default     = "no"

  validation {
    condition     = contains(["no", "yes"], var.session_manager)
    error_message = "Give one of no, yes."
  }
}

variable "table_name" {
  description = "The table of people; the index is the table of this name with -index after it"
  type        = string
  default     = "Employees"

  validation {
    condition     = can(regex("^(?:[A-Za-z0-9_.-]{3,200})$", var.table_name))
    error_message = "Give what the description says."
  }
}

variable "existing_tables" {
  description = "yes, when the table is there already (the course's, or of a stack deleted before)"
  type        = string
  default     = "no"

  validation {
    condition     = contains(["no", "yes"], var.existing_tables)
    error_message = "Give one of no, yes."
  }
}

variable "existing_bucket" {
  description = "A photo bucket that is there already. Empty makes one"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$", var.existing_bucket))
    error_message = "Give what the description says."
  }
}

variable "kms_key_arn" {
  description = "The key of key.yaml, for tables, photos, disks and the secret. Empty takes AWS's own"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|arn:aws[a-z-]*:kms:.+:key/.+)$", var.kms_key_arn))
    error_message = "Give what the description says."
  }
}

variable "log_days" {
  description = "So many days CloudWatch keeps the log of the machines. 0 - it stays on the machines"
  type        = number
  default     = 30

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 731, 1096, 1827, 3653], var.log_days)
    error_message = "Give one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 731, 1096, 1827, 3653."
  }
}

variable "log_group" {
  description = "A log group that is there already, and keeps its own days. Empty makes one"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:[A-Za-z0-9._/#-]{0,512})$", var.log_group))
    error_message = "Give what the description says."
  }
}

variable "alarm_email" {
  description = "Where alarms are sent; AWS asks that address to confirm. Empty sends none"
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(?:|[^@\\s]+@[^@\\s]+)$", var.alarm_email))
    error_message = "Give what the description says."
  }
}

variable "image_for_intel" {
  description = "Amazon's newest Amazon Linux 2023, looked up at every update of the stack"
  type        = string
  default     = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

variable "image_for_arm" {
  description = "The same for t4g"
  type        = string
  default     = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}
