# Waits until every task has ended. One error names each task that did not succeed.
data "clb_task_statuses" "listeners" {
  task_ids = [
    "55c85074-3e7f-4c6d-864f-673660d4f8de",
    "6a3c1d42-0b1e-4f5a-9a53-2f5b8c7d9e10",
  ]

  timeouts {
    read = "10m"
  }
}

# Looks once and reports, whatever the states.
data "clb_task_statuses" "backends" {
  task_ids            = ["0f9f5a5e-7c55-4a0c-8d0e-4d1b6a2e7c31", "c1f0a9d4-52a1-4b0e-9a58-1de0c6b7f842"]
  wait_for_completion = false
  error_on_failure    = false
}

output "listeners_are_done" {
  value = data.clb_task_statuses.listeners.all_succeeded
}

output "failed_backends" {
  value = { for id in data.clb_task_statuses.backends.failed : id => data.clb_task_statuses.backends.tasks[id].message }
}
