terraform {
  required_version = ">= 1.8.0"

  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

# Rejects an empty or mistyped id before anything is planned.
variable "task_id" {
  description = "RequestId of the asynchronous call."
  type        = string
  default     = "55c85074-3e7f-4c6d-864f-673660d4f8de"

  validation {
    condition     = provider::clb::is_task_id(var.task_id)
    error_message = "A task id is the RequestId of a call, such as 55c85074-3e7f-4c6d-864f-673660d4f8de."
  }
}

output "task_id" {
  value = var.task_id
}
