# TCCLI makes the call while Terraform applies, through the `external` data source in call.tf, and the gate waits.

terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

provider "clb" {}

# Stands for one call. Its id is known only after it was created, so that the call is made while applying; a change of
# what the call is about makes it anew.
resource "terraform_data" "call" {
  triggers_replace = {
    load_balancer = "lb-12345678"
    port          = 443
  }
}

resource "clb_task_gate" "call" {
  task_ids = [local.answer.RequestId]
}

resource "terraform_data" "needs_the_listener" {
  input = clb_task_gate.call.completed_at
}

output "states" {
  value = values(clb_task_gate.call.tasks)[*].state
}
