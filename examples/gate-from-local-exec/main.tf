# A provisioner makes the call when its resource is created, and the gate waits for the task.

terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

provider "clb" {}

# Makes the call once, and anew when what it is about changes.
resource "terraform_data" "call" {
  input = "${path.module}/answer.json"

  triggers_replace = {
    load_balancer = "lb-12345678"
    port          = 443
  }

  provisioner "local-exec" {
    command = "tccli clb CreateListener --LoadBalancerId lb-12345678 --Ports '[443]' --Protocol TCP >\"$ANSWER\""

    environment = {
      ANSWER = self.input
    }
  }
}

# `output` is known only after the call, so that the file is read then.
resource "clb_task_gate" "call" {
  task_ids = [
    fileexists(terraform_data.call.output) ? provider::clb::task_id(file(terraform_data.call.output)) : "no-answer",
  ]

  lifecycle {
    # The answer is needed once. Later plans, perhaps on another machine, do without the file.
    ignore_changes       = [task_ids]
    replace_triggered_by = [terraform_data.call]
  }
}

resource "terraform_data" "needs_the_listener" {
  input = clb_task_gate.call.completed_at
}

output "states" {
  value = values(clb_task_gate.call.tasks)[*].state
}
