# A data source is read on every plan. The script makes the call once for each id and repeats the answer it has kept.
data "external" "call" {
  program = ["sh", "${path.module}/call-once.sh", terraform_data.call.id, "lb-12345678", "443"]
}

locals {
  answer = data.external.call.result
}
