# A pipeline has made the calls and hands over their answers:
#
#   tccli clb CreateListener ... > answer.json
#   terraform apply -var "answers=[$(jq -c tostring answer.json)]"

terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

variable "answers" {
  description = "The JSON answers of the asynchronous calls, each as text."
  type        = list(string)
}

# Keys, region and endpoint come from the environment.
provider "clb" {}

# Waits for each task once. A pipeline that runs again with the same answers asks nothing; one that hands over further
# answers waits for those alone.
resource "clb_task_gate" "calls" {
  task_ids = [for answer in var.answers : provider::clb::task_id(answer)]

  timeouts {
    create = "15m"
    update = "15m"
  }
}

# Created after every task has succeeded, and not at all if one has failed.
resource "terraform_data" "needs_the_listener" {
  input = clb_task_gate.calls.completed_at
}

output "states" {
  value = { for id, task in clb_task_gate.calls.tasks : id => task.state }
}
