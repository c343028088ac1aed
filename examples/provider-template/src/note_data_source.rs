use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Context, DataSource, Diagnostic, Diagnostics, ResultExt as _};

use crate::client::Client;

/// `data "notes_note"`.
pub(crate) struct NoteDataSource;

/// Configuration and result.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Note {
    name: String,
    text: Option<String>,
}

impl DataSource<Client> for NoteDataSource {
    type Config = Note;
    type State = Note;

    fn name(&self) -> &'static str {
        "notes_note"
    }

    fn schema(&self) -> Schema {
        Schema::new("A note that exists.")
            .attribute(Attribute::string("name").required().description("Its name."))
            .attribute(Attribute::string("text").computed().description("Its text."))
    }

    async fn read(&self, config: Note, context: &Context<Client>) -> Result<Note, Diagnostics> {
        let text = context.client().read(&config.name).summary("Note could not be read")?;
        if text.is_none() {
            let detail = format!("There is no note `{}`.", config.name);
            return Err(Diagnostic::error("No such note", detail).at("name").into());
        }
        Ok(Note { text, ..config })
    }
}
