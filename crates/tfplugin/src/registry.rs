use std::collections::BTreeMap;
use std::sync::OnceLock;

use tfplugin_proto::tfplugin6 as proto;
use tracing::level_filters::LevelFilter;

use crate::schema::{Attribute, Body, Schema, fill_absent_blocks};
use crate::{
    AttributePath, Diagnostic, Diagnostics, DynAction, DynDataSource, DynEphemeralResource, DynFunction,
    DynProvider, DynResource, Type, Value, log, wire,
};

/// Everything that a provider registers, by name.
pub(crate) struct Registry {
    pub(crate) data_sources: Entries<dyn DynDataSource>,
    pub(crate) resources: Entries<dyn DynResource>,
    pub(crate) functions: Entries<dyn DynFunction>,
    pub(crate) ephemeral_resources: Entries<dyn DynEphemeralResource>,
    pub(crate) actions: Entries<dyn DynAction>,
}

/// What is registered of one kind.
pub(crate) struct Entries<T: ?Sized> {
    kind: &'static str,
    by_name: BTreeMap<String, Entry<T>>,
    /// A name that was used again.
    twice: Option<String>,
}

/// What is registered under one name. Its schema is made when it is first needed: a process of Terraform's rarely needs more than one.
pub(crate) struct Entry<T: ?Sized> {
    pub(crate) object: Box<T>,
    shape: OnceLock<Shape>,
}

/// A schema and the type of its values.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) schema: Schema,
    pub(crate) ty: Type,
}

impl Shape {
    /// Reads a value that the client sent for this schema. Its secrets stay out of the log from here on.
    pub(crate) fn read(&self, value: Option<&proto::DynamicValue>) -> Result<Value, Diagnostics> {
        let value = wire::read(value, &self.ty)?;
        if let Value::Object(parts) = &value
            && LevelFilter::current() != LevelFilter::OFF
        {
            Body::from(&self.schema).visit(parts, &AttributePath::root(), &mut |attribute, value, _| {
                if attribute.sensitive || attribute.write_only {
                    mask(value);
                }
            });
        }
        Ok(value)
    }

    /// What a provider returned, as a value of the schema: blocks that it has left out are empty, as Terraform has them.
    pub(crate) fn conform(&self, value: Value) -> Result<Value, Diagnostics> {
        let mut value = wire::conform(value, &self.ty)?;
        fill_absent_blocks(&self.schema.block, &mut value);
        Ok(value)
    }

    /// [`conform`](Self::conform) for the client.
    pub(crate) fn write(&self, value: Value) -> Result<proto::DynamicValue, Diagnostics> {
        self.conform(value).map(|value| wire::encode(&value))
    }

    /// [`conform`](Self::conform) for the client, where nothing may be left unknown.
    pub(crate) fn write_known(&self, value: Value) -> Result<proto::DynamicValue, Diagnostics> {
        wire::encode_known(&self.conform(value)?)
    }

    /// [`read`](Self::read) for a configuration to be validated. Terraform passes on null for a required attribute, where it is
    /// written, and values for attributes that are the provider's alone: no model need think of either.
    pub(crate) fn read_config(&self, value: Option<&proto::DynamicValue>) -> Result<Value, Diagnostics> {
        let config = self.read(value)?;
        let mut found = Diagnostics::new();
        if let Value::Object(parts) = &config {
            Body::from(&self.schema).visit(parts, &AttributePath::root(), &mut |attribute, value, path| {
                if let Some(wrong) = misplaced(attribute, value) {
                    found.push(wrong.at(path));
                }
            });
        }
        found.into_result().map(|()| config)
    }
}

fn misplaced(attribute: &Attribute, value: &Value) -> Option<Diagnostic> {
    let Attribute { name, required, optional, .. } = attribute;
    if *required && value.is_null() {
        return Some(Diagnostic::error(
            "Missing value",
            format!("`{name}` is required, and cannot be null."),
        ));
    }
    if !required && !optional && !value.is_null() {
        let detail = format!("`{name}` is for the provider to say. Remove it from the configuration.");
        return Some(Diagnostic::error("Read-only attribute", detail));
    }
    None
}

fn mask(value: &Value) {
    match value {
        Value::String(text) => log::mask(text),
        Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
            elements.iter().for_each(mask);
        }
        Value::Map(parts) | Value::Object(parts) => parts.values().for_each(mask),
        Value::Dynamic(typed) => mask(&typed.1),
        Value::Null | Value::Unknown(_) | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl From<Schema> for Shape {
    fn from(schema: Schema) -> Self {
        Shape { ty: schema.ty(), schema }
    }
}

impl Registry {
    pub(crate) fn of(provider: &dyn DynProvider) -> Self {
        Registry {
            data_sources: Entries::new("data source", provider.data_sources(), |each| each.name()),
            resources: Entries::new("resource", provider.resources(), |each| each.name()),
            functions: Entries::new("function", provider.functions(), |each| each.name()),
            ephemeral_resources: Entries::new("ephemeral resource", provider.ephemeral_resources(), |each| {
                each.name()
            }),
            actions: Entries::new("action", provider.actions(), |each| each.name()),
        }
    }
}

impl<T: ?Sized> Entries<T> {
    fn new(kind: &'static str, objects: Vec<Box<T>>, name: impl Fn(&T) -> &str) -> Self {
        let mut by_name = BTreeMap::new();
        let mut twice = None;
        for object in objects {
            let name = name(&object).to_owned();
            if by_name.insert(name.clone(), Entry { object, shape: OnceLock::new() }).is_some() {
                twice = Some(name);
            }
        }
        Entries { kind, by_name, twice }
    }

    /// The entry of this name, or an error: the client has asked for something that no schema names.
    pub(crate) fn get(&self, name: &str) -> Result<&Entry<T>, Diagnostics> {
        self.by_name.get(name).ok_or_else(|| {
            let detail = format!("The provider has no {} `{name}`.", self.kind);
            Diagnostic::error(format!("Unknown {}", self.kind), detail).into()
        })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.by_name.keys()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Entry<T>)> {
        self.by_name.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    pub(crate) fn twice(&self) -> Option<Diagnostic> {
        let name = self.twice.as_ref()?;
        let detail =
            format!("Two {}s of the provider are called `{name}`. This is a bug in the provider.", self.kind);
        Some(Diagnostic::error("Name used twice", detail))
    }
}

impl<T: HasSchema + ?Sized> Entry<T> {
    pub(crate) fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| self.object.schema().into())
    }
}

/// What the kinds with a schema have in common.
pub(crate) trait HasSchema {
    fn schema(&self) -> Schema;
}

impl HasSchema for dyn DynDataSource {
    fn schema(&self) -> Schema {
        DynDataSource::schema(self)
    }
}

impl HasSchema for dyn DynResource {
    fn schema(&self) -> Schema {
        DynResource::schema(self)
    }
}

impl HasSchema for dyn DynEphemeralResource {
    fn schema(&self) -> Schema {
        DynEphemeralResource::schema(self)
    }
}

impl HasSchema for dyn DynAction {
    fn schema(&self) -> Schema {
        DynAction::schema(self)
    }
}
