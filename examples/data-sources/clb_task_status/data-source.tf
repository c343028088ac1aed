# Waits until the task has ended; a failed task is an error that stops whatever depends on it.
data "clb_task_status" "listener" {
  task_id = "55c85074-3e7f-4c6d-864f-673660d4f8de"

  timeouts {
    read = "10m"
  }
}

# Looks once and reports, whatever the state.
data "clb_task_status" "order" {
  deal_name           = "20260101770000000000001"
  wait_for_completion = false
  error_on_failure    = false
}

output "order_state" {
  value = data.clb_task_status.order.state
}
