terraform {
  required_providers {
    clb = {
      source = "clb-rs/clb"
    }
  }
}

# Keys come from TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY.
provider "clb" {
  region = "ap-guangzhou"
}
