variable "task_ids" {
  description = "RequestIds of the calls that made the listeners."
  type        = set(string)
  default     = ["55c85074-3e7f-4c6d-864f-673660d4f8de", "6a3c1d42-0b1e-4f5a-9a53-2f5b8c7d9e10"]
}

# Waits once, when it is created, and for ids that are added later. Other plans send no request.
resource "clb_task_gate" "listeners" {
  task_ids = var.task_ids

  timeouts {
    create = "10m"
    update = "10m"
  }
}

# Reading from the gate makes the dependency: nothing here is created before every task has succeeded. The keys of
# `tasks` are known while planning, so that `for_each` can go over them.
resource "terraform_data" "needs_a_listener" {
  for_each = clb_task_gate.listeners.tasks

  input = each.value.state
}

output "states" {
  value = { for id, task in clb_task_gate.listeners.tasks : id => task.state }
}
