use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use tfplugin_proto::tfplugin6 as proto;
use tracing::level_filters::LevelFilter;

use crate::model::Fields;
use crate::schema::{Body, Schema, fill_absent_blocks, in_schema_order, validate};
use crate::{
    AttributePath, Diagnostic, Diagnostics, DynAction, DynDataSource, DynEphemeralResource, DynFunction,
    DynListResource, DynProvider, DynResource, Type, Value, codec, log,
};

/// Everything that a provider registers, by name.
pub(crate) struct Registry {
    pub(crate) data_sources: Entries<dyn DynDataSource>,
    pub(crate) resources: Entries<dyn DynResource>,
    pub(crate) list_resources: Entries<dyn DynListResource>,
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
    /// What the model names of it, where that has been asked for.
    fields: OnceLock<Fields>,
}

impl Shape {
    /// Reads a value that the client sent for this schema. Its secrets stay out of the log from here on.
    pub(crate) fn read(&self, value: Option<&proto::DynamicValue>) -> Result<Value, Diagnostics> {
        let value = codec::read(value, &self.ty)?;
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
        let mut value = codec::conform(value, &self.ty)?;
        fill_absent_blocks(&self.schema.block, &mut value);
        Ok(value)
    }

    /// [`conform`](Self::conform) for the client.
    pub(crate) fn write(&self, value: Value) -> Result<proto::DynamicValue, Diagnostics> {
        self.conform(value).map(|value| codec::encode(&value))
    }

    /// [`conform`](Self::conform) for the client, where nothing may be left unknown.
    pub(crate) fn write_known(&self, value: Value) -> Result<proto::DynamicValue, Diagnostics> {
        codec::encode_known(&self.conform(value)?)
    }

    /// What is wrong with a configuration: as the schema has it, and as the model reads it, in the order of the schema.
    pub(crate) fn check_config(
        &self,
        config: &Value,
        errors_of_model: Diagnostics,
    ) -> Result<(), Diagnostics> {
        let mut found = validate(&self.schema, config);
        let is_new = |error: &Diagnostic| found.iter().all(|each| each.path() != error.path());
        let more: Vec<_> = errors_of_model.into_iter().filter(is_new).collect();
        found.push(more.into_iter().collect::<Diagnostics>());
        in_schema_order(&self.schema, found).into_result()
    }
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
        Shape { ty: schema.ty(), schema, fields: OnceLock::new() }
    }
}

impl Registry {
    pub(crate) fn of(provider: &dyn DynProvider) -> Self {
        Registry {
            data_sources: Entries::new("data source", provider.data_sources(), |each| each.name()),
            resources: Entries::new("resource", provider.resources(), |each| each.name()),
            list_resources: Entries::new("list resource", provider.list_resources(), |each| each.name()),
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

    /// What the model names of the schema.
    pub(crate) fn fields(&self) -> &Fields {
        let shape = self.shape();
        shape.fields.get_or_init(|| self.object.fields(&shape.ty))
    }

    /// Reads a configuration and checks it, before the provider does.
    pub(crate) fn checked_config(&self, value: Option<&proto::DynamicValue>) -> Result<Value, Diagnostics> {
        let config = self.shape().read(value)?;
        self.shape().check_config(&config, self.object.configuration_errors(&config))?;
        Ok(config)
    }
}

impl Entry<dyn DynResource> {
    /// What the model names of the attributes of this state.
    pub(crate) fn fields_naming(&self, state: &Value) -> Cow<'_, Fields> {
        let fields = self.fields();
        if !fields.is_flattened {
            return Cow::Borrowed(fields);
        }
        let written = self.object.unchanged(state);
        Cow::Owned(written.as_ref().map(Fields::of_written).unwrap_or_default())
    }
}

/// What the kinds with a schema have in common.
pub(crate) trait HasSchema {
    fn schema(&self) -> Schema;

    fn fields(&self, ty: &Type) -> Fields;

    fn configuration_errors(&self, config: &Value) -> Diagnostics;
}

impl HasSchema for dyn DynDataSource {
    fn schema(&self) -> Schema {
        DynDataSource::schema(self)
    }

    fn fields(&self, ty: &Type) -> Fields {
        DynDataSource::fields(self, ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        DynDataSource::configuration_errors(self, config)
    }
}

impl HasSchema for dyn DynResource {
    fn schema(&self) -> Schema {
        DynResource::schema(self)
    }

    fn fields(&self, ty: &Type) -> Fields {
        DynResource::fields(self, ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        DynResource::configuration_errors(self, config)
    }
}

impl HasSchema for dyn DynListResource {
    fn schema(&self) -> Schema {
        DynListResource::schema(self)
    }

    fn fields(&self, ty: &Type) -> Fields {
        DynListResource::fields(self, ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        DynListResource::configuration_errors(self, config)
    }
}

impl HasSchema for dyn DynEphemeralResource {
    fn schema(&self) -> Schema {
        DynEphemeralResource::schema(self)
    }

    fn fields(&self, ty: &Type) -> Fields {
        DynEphemeralResource::fields(self, ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        DynEphemeralResource::configuration_errors(self, config)
    }
}

impl HasSchema for dyn DynAction {
    fn schema(&self) -> Schema {
        DynAction::schema(self)
    }

    fn fields(&self, ty: &Type) -> Fields {
        DynAction::fields(self, ty)
    }

    fn configuration_errors(&self, config: &Value) -> Diagnostics {
        DynAction::configuration_errors(self, config)
    }
}
