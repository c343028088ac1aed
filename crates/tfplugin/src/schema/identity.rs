use super::rules::{self, SchemaError};
use crate::{Type, Value};

/// The attributes that tell one object of a resource from all others, wherever it came from (Terraform 1.12).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentitySchema {
    pub(crate) version: i64,
    pub(crate) attributes: Vec<IdentityAttribute>,
}

/// One attribute of an [`IdentitySchema`]: a string, number, bool, or list of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityAttribute {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) required: bool,
    pub(crate) description: String,
}

impl IdentitySchema {
    /// An identity of these attributes.
    pub fn new(attributes: impl IntoIterator<Item = IdentityAttribute>) -> Self {
        IdentitySchema { version: 0, attributes: attributes.into_iter().collect() }
    }

    /// The version that identities are stored with; 0 at first.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version.into();
        self
    }

    /// Whether Terraform would accept it: names of their own, and values that are strings, numbers, bools or lists of these.
    pub fn check(&self) -> Result<(), SchemaError> {
        rules::identity(&self.attributes)
    }

    /// Whether the identity has every attribute that it requires.
    pub(crate) fn is_complete(&self, identity: &Value) -> bool {
        let has =
            |name: &str| identity.get(name).is_some_and(|part| !part.is_null() && part.is_wholly_known());
        self.attributes.iter().filter(|each| each.required).all(|each| has(&each.name))
    }

    /// The type of an identity: an object of all attributes.
    pub fn ty(&self) -> Type {
        super::object(self.attributes.iter().map(|each| (&each.name, each.ty.clone())))
    }
}

impl IdentityAttribute {
    /// An import by identity must give it.
    pub fn required(name: impl Into<String>, ty: Type) -> Self {
        IdentityAttribute { name: name.into(), ty, required: true, description: String::new() }
    }

    /// An import by identity may leave it out, since the provider can find it.
    pub fn optional(name: impl Into<String>, ty: Type) -> Self {
        IdentityAttribute { required: false, ..Self::required(name, ty) }
    }

    /// What it is.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = text.into();
        self
    }
}
