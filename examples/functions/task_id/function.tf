terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

locals {
  # As TCCLI prints it. The answer of the API itself, wrapped in `Response`, will do as well.
  answer = <<-EOT
    {
      "ListenerIds": ["lbl-4n5x6b2c"],
      "RequestId": "55c85074-3e7f-4c6d-864f-673660d4f8de"
    }
  EOT
}

output "task_id" {
  value = provider::clb::task_id(local.answer)
}
