# Holds back a resource until an asynchronous load balancer call has been carried out.
#
# The task id is the RequestId that the call returned. It can come from a pipeline, from TCCLI, or from
# `terraform apply -var task_id=...`.

terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

variable "task_id" {
  description = "RequestId of the asynchronous call, for example of CreateListener."
  type        = string
}

# Keys, region and endpoint come from the environment: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, ...
provider "clb" {}

data "clb_task_status" "listener" {
  task_id = var.task_id

  timeouts {
    read = "5m"
  }
}

# Whatever needs the listener. Reading an attribute of the gate makes the dependency real: this is created only after
# the task has succeeded, and not at all if it failed.
resource "terraform_data" "needs_the_listener" {
  input = data.clb_task_status.listener.id
}

output "state" {
  value = data.clb_task_status.listener.state
}
