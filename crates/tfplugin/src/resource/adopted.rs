use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Diagnostic, Diagnostics, PrivateState, Value, to_value};

/// An object that a resource takes over: [imported](crate::Resource::import), or [moved](crate::Resource::move_state) from another
/// type.
///
/// It is a whole model, or only the attributes that are known so far: the [`read`](crate::Resource::read) that follows finds the
/// others null, and adds them. A model that such a state is read into has an [`Attr`](crate::Attr) or an `Option` for everything
/// that may be missing.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use tfplugin::{Adopted, Diagnostics};
///
/// #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
/// struct Server {
///     name: String,
///     size: Option<u32>,
/// }
///
/// #[derive(Serialize)]
/// struct Key {
///     name: String,
/// }
///
/// let whole: Adopted<Server> = Server { name: "web".into(), size: Some(3) }.into();
/// let named: Adopted<Server> = Adopted::new().attribute("name", "web");
/// let typed: Adopted<Server> = Adopted::of(&Key { name: "web".into() })?;
/// assert_eq!(typed, named.clone());
/// let with_private = named.with_private("etag", &"abc")?;
/// # let _ = (whole, with_private);
/// # Ok::<(), Diagnostics>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted<M> {
    pub(crate) model: Option<M>,
    pub(crate) attributes: BTreeMap<String, Value>,
    pub(crate) private: PrivateState,
}

impl<M> Adopted<M> {
    /// An object of which nothing is known yet.
    pub fn new() -> Self {
        Adopted { model: None, attributes: BTreeMap::new(), private: PrivateState::new() }
    }

    /// An object of which these attributes are known: a struct with some fields of the model.
    pub fn of(attributes: &impl Serialize) -> Result<Self, Diagnostics> {
        match to_value(attributes)? {
            Value::Object(attributes) | Value::Map(attributes) => Ok(Adopted { attributes, ..Self::new() }),
            _ => {
                let detail = "What is known of it is to be a struct. This is a bug in the provider.";
                Err(Diagnostic::error("Object without attributes", detail).into())
            }
        }
    }

    /// Sets one attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// Keeps a value beside the state, where [`read`](crate::Resource::read) finds it.
    pub fn with_private(
        mut self,
        key: impl Into<String>,
        value: &impl Serialize,
    ) -> Result<Self, Diagnostics> {
        self.private.set(key, value)?;
        Ok(self)
    }
}

impl<M: Serialize> Adopted<M> {
    pub(crate) fn into_values(self) -> Result<Adopted<Value>, Diagnostics> {
        let Adopted { model, attributes, private } = self;
        Ok(Adopted { model: model.as_ref().map(to_value).transpose()?, attributes, private })
    }
}

impl Adopted<Value> {
    /// Whether a model was given, so that it is all that there is.
    pub(crate) fn is_whole(&self) -> bool {
        self.model.is_some()
    }

    /// The state.
    pub(crate) fn state(self) -> Value {
        match self.model {
            Some(Value::Object(mut parts)) => {
                parts.extend(self.attributes);
                Value::Object(parts)
            }
            Some(other) => other,
            None => Value::Object(self.attributes),
        }
    }
}

impl<M> Default for Adopted<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// The whole object.
impl<M> From<M> for Adopted<M> {
    fn from(model: M) -> Self {
        Adopted { model: Some(model), ..Self::new() }
    }
}
