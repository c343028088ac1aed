# An action makes a call whenever a resource has changed. Actions need Terraform 1.14.

terraform {
  required_version = ">= 1.14.0"

  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

# Keys, region and endpoint come from the environment: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, ...
provider "clb" {}


variable "release" {
  type    = string
  default = "1.0.0"
}

action "clb_call" "listener_name" {
  config {
    action = "ModifyListener"

    parameters = {
      LoadBalancerId = "lb-12345678"
      ListenerId     = "lbl-12345678"
      ListenerName   = "release ${var.release}"
    }
  }
}

resource "terraform_data" "release" {
  input = var.release

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.clb_call.listener_name]
    }
  }
}
