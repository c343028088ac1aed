terraform {
  required_version = ">= 1.14.0"

  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

action "clb_call" "rename_listener" {
  config {
    action = "ModifyListener"

    parameters = {
      LoadBalancerId = "lb-12345678"
      ListenerId     = "lbl-12345678"
      ListenerName   = "web"
    }

    timeouts {
      invoke = "5m"
    }
  }
}

# The call is made after the resource has been created or changed. What depends on the resource does not wait for it.
resource "terraform_data" "release" {
  input = "1.0.0"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.clb_call.rename_listener]
    }
  }
}
