use std::fmt;

use serde::de::DeserializeOwned;

use crate::model::read_all_freely;
use crate::value::json;
use crate::{Adopted, Diagnostic, Diagnostics, ModelError, PrivateState, ResultExt, Type, Value, from_value};

/// How an object to be imported is named. The protocol knows no third way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Import {
    /// By the id of `terraform import` or an `import` block.
    Id(String),
    /// By an identity; read it with [`from_value`] (Terraform 1.12).
    Identity(Value),
}

impl Import {
    /// The object whose attribute of this name is the id, or whose attributes are those of the identity:
    ///
    /// ```
    /// # use tfplugin::{Adopted, Import, Value};
    /// let by_id: Adopted<()> = Import::Id("web".into()).into_attribute("name");
    /// let identity = Value::object([("name", "web".into())]);
    /// assert_eq!(by_id, Import::Identity(identity).into_attribute("name"));
    /// ```
    pub fn into_attribute<M>(self, name: &str) -> Adopted<M> {
        match self {
            Import::Id(id) => Adopted::new().attribute(name, id),
            Import::Identity(Value::Object(parts)) => {
                parts.into_iter().fold(Adopted::new(), |adopted, (name, part)| adopted.attribute(name, part))
            }
            Import::Identity(_) => Adopted::new(),
        }
    }

    /// The id; an import by identity is rejected.
    pub fn id(self) -> Result<String, Diagnostics> {
        match self {
            Import::Id(id) => Ok(id),
            Import::Identity(_) => {
                Err(Diagnostic::error("Import by identity is not supported", "Give the `id` to import.")
                    .into())
            }
        }
    }

    /// The identity as a model; an import by id is rejected.
    pub fn identity<T: DeserializeOwned>(self) -> Result<T, Diagnostics> {
        match self {
            Import::Identity(identity) => Ok(from_value(identity)?),
            Import::Id(_) => {
                Err(Diagnostic::error("Import by id is not supported", "Give the `identity` to import.")
                    .into())
            }
        }
    }
}

/// A state, or an identity, as an older version of the schema has stored it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredState {
    version: i64,
    json: Vec<u8>,
}

const UNREADABLE: &str = "Stored state could not be read";

impl StoredState {
    /// State of this schema version, in JSON.
    pub fn new(version: i64, json: impl Into<Vec<u8>>) -> Self {
        StoredState { version, json: json.into() }
    }

    /// The version that it was stored with.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Reads it into a model of that version. What the model has no field for is left out.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Diagnostics> {
        let value = json::decode_untyped(&self.json).summary(UNREADABLE)?;
        self.read_from(&value)
    }

    /// Reads it by the type that it was stored with, as far as it matters: attributes that the type does not name are left
    /// out. A state with dynamic attributes needs this, since JSON holds their values together with their types.
    ///
    /// ```
    /// use serde::Deserialize;
    /// use tfplugin::{StoredState, Type};
    ///
    /// #[derive(Deserialize)]
    /// struct TerraformData {
    ///     output: Option<String>,
    /// }
    ///
    /// let stored = StoredState::new(0, r#"{"id": "1", "output": {"value": "web", "type": "string"}}"#);
    /// let data: TerraformData = stored.read_as(&Type::object([("output", Type::Dynamic)]))?;
    /// assert_eq!(data.output.as_deref(), Some("web"));
    /// # Ok::<(), tfplugin::Diagnostics>(())
    /// ```
    pub fn read_as<T: DeserializeOwned>(&self, ty: &Type) -> Result<T, Diagnostics> {
        let value = json::decode_state(&self.json, ty).summary(UNREADABLE)?;
        self.read_from(&value)
    }

    /// The errors name every mismatch with its path and the schema version, because users cannot see stored state in a configuration.
    fn read_from<T: DeserializeOwned>(&self, value: &Value) -> Result<T, Diagnostics> {
        let unreadable = |error: ModelError| {
            let detail = format!("In state of schema version {}, {error}.", self.version);
            Diagnostic::error(UNREADABLE, detail).at(error.path())
        };
        read_all_freely(value).map_err(|errors| errors.into_iter().map(unreadable).collect())
    }

    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }

    pub(super) fn too_old(&self, name: &str) -> Diagnostics {
        let detail = format!(
            "The state of this `{name}` was stored with schema version {}, which the provider no longer reads. Apply it once \
             with an older version of the provider.",
            self.version
        );
        Diagnostic::error("Stored state is too old", detail).into()
    }
}

/// The state of another resource type that is to become one of this.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MovedState {
    /// The provider that has stored it, such as `registry.terraform.io/hashicorp/null`.
    pub provider: String,
    /// The resource type that it was, such as `null_resource`.
    pub resource: String,
    /// The state itself.
    pub state: StoredState,
    /// What identified the object, if the resource type that it was has identities.
    pub identity: Option<StoredState>,
    private: Vec<u8>,
}

impl MovedState {
    /// The state that `resource` of `provider` has stored; the server makes its own, so this is for tests.
    pub fn new(provider: impl Into<String>, resource: impl Into<String>, state: StoredState) -> Self {
        let (provider, resource) = (provider.into(), resource.into());
        MovedState { provider, resource, state, identity: None, private: Vec::new() }
    }

    /// The same of an object with this identity.
    #[must_use]
    pub fn with_identity(self, identity: StoredState) -> Self {
        MovedState { identity: Some(identity), ..self }
    }

    /// The same with these bytes beside the state.
    #[must_use]
    pub fn with_private(self, private: impl Into<Vec<u8>>) -> Self {
        MovedState { private: private.into(), ..self }
    }

    /// What the other resource type kept beside its state. The values are those of its provider: a provider in Go has JSON in them.
    pub fn private(&self) -> Result<PrivateState, Diagnostics> {
        PrivateState::from_bytes(&self.private)
    }

    /// The same as it is stored, in whatever form.
    pub fn private_bytes(&self) -> &[u8] {
        &self.private
    }
}

impl fmt::Debug for MovedState {
    /// Without the private values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MovedState { provider, resource, state, identity, private: _ } = self;
        f.debug_struct("MovedState")
            .field("provider", provider)
            .field("resource", resource)
            .field("state", state)
            .field("identity", identity)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read for what is wrong with it")]
    struct Version2 {
        name: String,
        nest: Vec<Nest>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read for what is wrong with it")]
    struct Nest {
        port: u16,
    }

    #[test]
    fn what_does_not_fit_is_said_with_place_and_version() {
        let stored = StoredState::new(2, r#"{"name": true, "nest": [{"port": 1}, {"port": 65536}, {}]}"#);
        let errors = stored.read::<Version2>().unwrap_err();
        let details: Vec<_> = errors.iter().map(Diagnostic::detail).collect();
        let expected = [
            "In state of schema version 2, name: expected a string, found a bool.",
            "In state of schema version 2, nest[1].port: expected a whole number from 0 to 65535, found 65536.",
            "In state of schema version 2, nest[2]: the attribute `port` is missing.",
        ];
        assert_eq!(details, expected);
    }
}
