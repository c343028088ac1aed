variable "load_balancer_id" {
  description = "Load balancer whose targets were registered by a call."
  type        = string
  default     = "lb-12345678"
}

# Waits once, when it is created, until all targets of the listener are healthy. Other plans send no request.
resource "clb_target_health_gate" "web" {
  load_balancer_id = var.load_balancer_id
  listener_ids     = ["lbl-12345678"]

  timeouts {
    create = "5m"
  }
}

# Created only after the targets are healthy, for example a DNS record.
resource "terraform_data" "dns_record" {
  input = clb_target_health_gate.web.healthy
}

output "targets" {
  value = { for target in clb_target_health_gate.web.targets : "${target.ip}:${target.port}" => target.healthy }
}
