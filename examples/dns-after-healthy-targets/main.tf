# A DNS record that points at the load balancer only after its targets are healthy.

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

resource "clb_call" "targets" {
  action = "RegisterTargets"

  parameters = {
    LoadBalancerId = local.load_balancer_id
    ListenerId     = clb_call.listener.response.ListenerIds[0]

    Targets = [
      { EniIp = "10.0.0.11", Port = 443 },
      { EniIp = "10.0.0.12", Port = 443 },
    ]
  }
}

# The task has succeeded, and the first health checks are still to come.
resource "clb_target_health_gate" "listener" {
  load_balancer_id = local.load_balancer_id
  listener_ids     = clb_call.listener.response.ListenerIds

  # Waits again for other targets.
  triggers = {
    targets = clb_call.targets.request_id
  }
}

# Stands for the record. `completed_at` makes it wait.
resource "terraform_data" "dns_record" {
  input = {
    name          = "www.example.com"
    healthy_since = clb_target_health_gate.listener.completed_at
  }
}

output "healthy" {
  value = clb_target_health_gate.listener.healthy
}
