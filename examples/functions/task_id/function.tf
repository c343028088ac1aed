terraform {
  required_version = ">= 1.8.0"

  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

locals {
  # As TCCLI prints it. The response of the API, wrapped in `Response`, is accepted as well.
  response = <<-EOT
    {
      "ListenerIds": ["lbl-4n5x6b2c"],
      "RequestId": "55c85074-3e7f-4c6d-864f-673660d4f8de"
    }
  EOT
}

output "task_id" {
  value = provider::clb::task_id(local.response)
}
