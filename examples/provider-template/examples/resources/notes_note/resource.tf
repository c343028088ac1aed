resource "notes_note" "shopping" {
  name = "shopping"
  text = "milk"
}
