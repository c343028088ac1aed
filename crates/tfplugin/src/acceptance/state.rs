use serde_json::{Value as Json, json};

/// A managed resource in a recorded state.
#[derive(Clone, Debug)]
pub struct RecordedResource {
    provider: String,
    type_name: String,
    name: String,
    schema_version: i64,
    attributes: Json,
}

impl RecordedResource {
    /// The resource `TYPE.NAME` of the provider with this source address, with attributes as the state file has them.
    pub fn new(provider: &str, type_name: &str, name: &str, attributes: Json) -> Self {
        let (provider, type_name, name) = (provider.to_owned(), type_name.to_owned(), name.to_owned());
        Self { provider, type_name, name, schema_version: 0, attributes }
    }

    /// The version of the schema that it was stored with.
    #[must_use]
    pub fn schema_version(mut self, version: i64) -> Self {
        self.schema_version = version;
        self
    }
}

impl From<RecordedResource> for Json {
    fn from(resource: RecordedResource) -> Json {
        let RecordedResource { provider, type_name, name, schema_version, attributes } = resource;
        json!({
            "mode": "managed",
            "type": type_name,
            "name": name,
            "provider": format!("provider[\"{provider}\"]"),
            "instances": [{ "schema_version": schema_version, "attributes": attributes, "sensitive_attributes": [] }],
        })
    }
}
