# Three calls on one load balancer. The provider sends one after the other, whatever Terraform's parallelism is;
# references give the order where it matters.

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
  load_balancer_id = "lb-12345678"
}

resource "clb_call" "listener" {
  action = "CreateListener"

  parameters = {
    LoadBalancerId = local.load_balancer_id
    Ports          = [443]
    Protocol       = "TCP"
  }
}

# Second, because it needs the id of the listener.
resource "clb_call" "targets" {
  action = "RegisterTargets"

  parameters = {
    LoadBalancerId = local.load_balancer_id
    ListenerId     = clb_call.listener.response.ListenerIds[0]
    Targets        = [{ InstanceId = "ins-12345678", Port = 443, Weight = 10 }]
  }
}

# Third, because it comes after the targets.
resource "clb_call" "rename" {
  action = "ModifyListener"

  parameters = {
    LoadBalancerId = local.load_balancer_id
    ListenerId     = clb_call.listener.response.ListenerIds[0]
    ListenerName   = "ready"
  }

  depends_on = [clb_call.targets]
}

output "states" {
  value = [clb_call.listener.state, clb_call.targets.state, clb_call.rename.state]
}
