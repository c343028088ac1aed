# Registers 20 instances in one target group. A target group takes one change at a time, so the provider sends the
# calls one after the other, without an error that the task is working.

terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

# Keys, region and endpoint come from the environment: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, ...
provider "clb" {}


locals {
  instances = toset([for number in range(20) : format("10.0.0.%d", 10 + number)])
}

resource "clb_call" "instance" {
  for_each = local.instances

  action = "RegisterTargetGroupInstances"

  parameters = {
    TargetGroupId        = "lbtg-12345678"
    TargetGroupInstances = [{ BindIP = each.value, Port = 80, Weight = 10 }]
  }

  on_destroy = {
    action = "DeregisterTargetGroupInstances"

    parameters = {
      TargetGroupId        = "lbtg-12345678"
      TargetGroupInstances = [{ BindIP = each.value, Port = 80 }]
    }
  }
}

output "registered" {
  value = length([for call in clb_call.instance : call if call.state == "succeeded"])
}
