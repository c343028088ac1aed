# Creates a listener, uses its id in another call, and deletes it on destroy.

terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

# Keys, region and endpoint come from the environment: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, ...
provider "clb" {}


variable "load_balancer_id" {
  type    = string
  default = "lb-12345678"
}

resource "clb_call" "listener" {
  action = "CreateListener"

  parameters = {
    LoadBalancerId = var.load_balancer_id
    Ports          = [80]
    Protocol       = "HTTP"
    ListenerNames  = ["web"]
  }
}

locals {
  listener_id = clb_call.listener.response.ListenerIds[0]
}

# Destroyed before the listener's resource, because it refers to its response.
resource "clb_call" "delete_listener" {
  triggers = {
    listener = clb_call.listener.request_id # another listener replaces this resource, which deletes the old one first
  }

  on_destroy = {
    action = "DeleteListener"

    parameters = {
      LoadBalancerId = var.load_balancer_id
      ListenerId     = local.listener_id
    }
  }
}

# A forwarding rule on the new listener. Deleting the listener deletes the rule, too.
resource "clb_call" "rule" {
  action = "CreateRule"

  parameters = {
    LoadBalancerId = var.load_balancer_id
    ListenerId     = local.listener_id
    Rules          = [{ Domain = "www.example.com", Url = "/" }]
  }
}

output "listener_id" {
  value = local.listener_id
}
