action "clb_wait_for_task" "listener" {
  config {
    task_ids = ["55c85074-3e7f-4c6d-864f-673660d4f8de"]

    timeouts {
      invoke = "10m"
    }
  }
}

# Created only after the task has succeeded.
resource "terraform_data" "needs_the_listener" {
  input = "created"

  lifecycle {
    action_trigger {
      events  = [before_create]
      actions = [action.clb_wait_for_task.listener]
    }
  }
}

output "resource" {
  value = terraform_data.needs_the_listener.output
}
