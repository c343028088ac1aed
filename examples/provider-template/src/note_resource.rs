use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{
    Adopted, Attr, Change, Context, Diagnostic, Diagnostics, Import, PrivateState, Resource, ResultExt as _,
};

use crate::client::Client;

/// `resource "notes_note"`.
pub(crate) struct NoteResource;

/// Configuration, plan and state of a note.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Note {
    name: String,
    text: Attr<String>,
    /// Known once the text is.
    length: Attr<u64>,
}

impl Note {
    fn save(self, client: &Client) -> Result<Note, Diagnostics> {
        let text = self.text.as_deref().known().unwrap_or_default();
        client.write(&self.name, text).summary("Note could not be written")?;
        Ok(Note { length: Attr::Known(u64::try_from(text.chars().count())?), ..self })
    }
}

impl Resource<Client> for NoteResource {
    type Model = Note;

    fn name(&self) -> &'static str {
        "notes_note"
    }

    fn schema(&self) -> Schema {
        Schema::new("A note.")
            .attribute(Attribute::string("name").required().requires_replace().description("Its name."))
            .attribute(Attribute::string("text").default_value("").description("Its text."))
            .attribute(Attribute::number("length").computed().description("The number of characters."))
    }

    async fn validate(&self, config: &Note, _: &Context) -> Result<(), Diagnostics> {
        if config.name.contains('/') {
            return Err(Diagnostic::error("Invalid name", "A name has no `/`.").at("name").into());
        }
        Ok(())
    }

    async fn create(
        &self,
        planned: Note,
        _: &mut Change<Note>,
        context: &Context<Client>,
    ) -> Result<Note, Diagnostics> {
        planned.save(context.client())
    }

    async fn read(
        &self,
        state: Note,
        _: &mut PrivateState,
        context: &Context<Client>,
    ) -> Result<Option<Note>, Diagnostics> {
        let text = context.client().read(&state.name).summary("Note could not be read")?;
        Ok(text.map(|text| {
            let length = Attr::Known(text.chars().count() as u64);
            Note { text: Attr::Known(text), length, ..state }
        }))
    }

    async fn update(
        &self,
        _: Note,
        planned: Note,
        _: &mut Change<Note>,
        context: &Context<Client>,
    ) -> Result<Note, Diagnostics> {
        planned.save(context.client())
    }

    async fn delete(
        &self,
        state: Note,
        _: &mut Change<Note>,
        context: &Context<Client>,
    ) -> Result<(), Diagnostics> {
        context.client().delete(&state.name).summary("Note could not be deleted")
    }

    /// By its name; `read` adds the rest.
    async fn import(&self, import: Import, _: &Context<Client>) -> Result<Adopted<Note>, Diagnostics> {
        Ok(import.into_attribute("name"))
    }
}
