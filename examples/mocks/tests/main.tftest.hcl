mock_provider "clb" {
  mock_resource "clb_call" {
    defaults = {
      response = { ListenerIds = ["lbl-12345678"] }
    }
  }
}

# Terraform mocks a map of objects, as `tasks` is, with an empty one, whatever the defaults are. The module's output can be
# given in its place.
override_module {
  target          = module.gate
  override_during = plan

  outputs = {
    tasks = {
      "55c85074-3e7f-4c6d-864f-673660d4f8de" = { state = "succeeded" }
    }
  }
}

run "the_listener_is_used_and_each_task_has_its_resource" {
  assert {
    condition     = output.listener_id == "lbl-12345678"
    error_message = "The id of the listener is not the mocked one."
  }

  assert {
    condition     = terraform_data.per_task["55c85074-3e7f-4c6d-864f-673660d4f8de"].output == "succeeded"
    error_message = "The resource does not iterate over the tasks of the gate."
  }
}
