terraform {
  required_providers {
    notes = {
      source = "example.com/me/notes"
    }
  }
}

provider "notes" {
  directory = abspath("${path.module}/notes")
}
