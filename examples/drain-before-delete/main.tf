# Before targets are deregistered, their weight is set to 0 and connections get time to end. All of it happens on
# destroy: references give the order, and the resource that is referred to is destroyed last.

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
  listener_id      = "lbl-12345678"
  target           = { InstanceId = "ins-12345678", Port = 80 }
}

# Destroyed last: deregisters the target.
resource "clb_call" "target" {
  action = "RegisterTargets"

  parameters = {
    LoadBalancerId = local.load_balancer_id
    ListenerId     = local.listener_id
    Targets        = [merge(local.target, { Weight = 10 })]
  }

  on_destroy = {
    action = "DeregisterTargets"

    parameters = {
      LoadBalancerId = local.load_balancer_id
      ListenerId     = local.listener_id
      Targets        = [local.target]
    }
  }
}

# Destroyed second: the time that open connections get.
resource "terraform_data" "drain" {
  input = clb_call.target.id

  provisioner "local-exec" {
    when    = destroy
    command = "sleep 2"
  }
}

# Destroyed first: no new connections from now on.
resource "clb_call" "weight" {
  on_destroy = {
    action = "ModifyTargetWeight"

    parameters = {
      LoadBalancerId = local.load_balancer_id
      ListenerId     = local.listener_id
      Targets        = [merge(local.target, { Weight = 0 })]
    }
  }

  depends_on = [terraform_data.drain]
}
