variable "load_balancer_id" {
  description = "Load balancer that gets a listener."
  type        = string
  default     = "lb-12345678"
}

# Creates a listener and waits until it exists.
resource "clb_call" "listener" {
  action = "CreateListener"

  parameters = {
    LoadBalancerId = var.load_balancer_id
    Ports          = [443]
    Protocol       = "TCP"
    ListenerNames  = ["web"]
  }

  timeouts {
    create = "5m"
  }
}

# Without `action` nothing is sent on creation. The reference to the listener's response gives the order: this one is
# destroyed first.
resource "clb_call" "delete_listener" {
  triggers = {
    listener = clb_call.listener.request_id # another listener replaces this resource, which deletes the old one first
  }

  on_destroy = {
    action = "DeleteListener"

    parameters = {
      LoadBalancerId = var.load_balancer_id
      ListenerId     = clb_call.listener.response.ListenerIds[0]
    }
  }
}

output "listener_id" {
  value = clb_call.listener.response.ListenerIds[0]
}
