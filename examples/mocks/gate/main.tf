terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

variable "task_ids" {
  type = set(string)
}

resource "clb_task_gate" "tasks" {
  task_ids = var.task_ids
}

output "tasks" {
  value = clb_task_gate.tasks.tasks
}
