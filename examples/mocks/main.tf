# A configuration that iterates over the tasks of a gate and uses the response of a call. Its test in
# tests/main.tftest.hcl sends no request: `terraform test`.

terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

provider "clb" {}

variable "task_ids" {
  type    = set(string)
  default = ["55c85074-3e7f-4c6d-864f-673660d4f8de"]
}

resource "clb_call" "listener" {
  action = "CreateListener"

  parameters = {
    LoadBalancerId = "lb-12345678"
    Ports          = [443]
    Protocol       = "TCP"
  }
}

module "gate" {
  source = "./gate"

  task_ids = var.task_ids
}

resource "terraform_data" "per_task" {
  for_each = module.gate.tasks

  input = each.value.state
}

output "listener_id" {
  value = clb_call.listener.response.ListenerIds[0]
}
