data "notes_note" "shopping" {
  name = "shopping"
}
