use std::path::PathBuf;

use serde::Deserialize;
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Context, DataSources, Diagnostics, Provider, Resources};

use crate::client::Client;
use crate::note_data_source::NoteDataSource;
use crate::note_resource::NoteResource;

/// The source address of the provider.
pub const ADDRESS: &str = "example.com/me/notes";

/// The provider.
#[derive(Debug)]
pub struct Notes;

/// The provider block.
#[derive(Debug, Deserialize)]
pub struct NotesConfig {
    directory: PathBuf,
}

impl Provider for Notes {
    type Config = NotesConfig;
    type Client = Client;

    fn address(&self) -> Option<&str> {
        Some(ADDRESS)
    }

    fn schema(&self) -> Schema {
        Schema::new("Keeps notes.")
            .attribute(Attribute::string("directory").required().description("Where the notes are."))
    }

    async fn configure(&self, config: NotesConfig, _: &Context) -> Result<Client, Diagnostics> {
        Ok(Client::new(config.directory))
    }

    fn resources(&self) -> Resources<Client> {
        Resources::new().with(NoteResource)
    }

    fn data_sources(&self) -> DataSources<Client> {
        DataSources::new().with(NoteDataSource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terraform_accepts_every_schema() {
        tfplugin::check(&Notes).unwrap();
    }
}
