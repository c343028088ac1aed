# Gives a new certificate to many domains of one listener. A new value of `certificate_id` makes the calls again, one
# after the other.

terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

# Keys, region and endpoint come from the environment: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, ...
provider "clb" {}


variable "certificate_id" {
  type    = string
  default = "cert0001"
}

resource "clb_call" "domain" {
  for_each = toset(["a.example.com", "b.example.com", "c.example.com", "d.example.com"])

  action = "ModifyDomainAttributes"

  parameters = {
    LoadBalancerId = "lb-12345678"
    ListenerId     = "lbl-12345678"
    Domain         = each.value
    Certificate    = { SSLMode = "UNIDIRECTIONAL", CertId = var.certificate_id }
  }
}

output "domains" {
  value = { for domain, call in clb_call.domain : domain => call.state }
}
