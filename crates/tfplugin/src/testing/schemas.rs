use std::collections::HashMap;

use tfplugin_proto::tfplugin6 as proto;

use super::{conformance, unknown};
use crate::registry::Shape;
use crate::schema::{Schema, fill_absent_blocks};
use crate::{Diagnostics, Type, Value, codec};

/// What the provider says about itself.
#[derive(Debug)]
pub(super) struct Schemas {
    pub(super) provider: Shape,
    pub(super) provider_meta: Option<Shape>,
    pub(super) data_sources: Kind,
    pub(super) resources: Kind,
    pub(super) ephemeral_resources: Kind,
    pub(super) list_resources: Kind,
    pub(super) actions: Kind,
    pub(super) functions: HashMap<String, proto::Function>,
    pub(super) identities: HashMap<String, Type>,
}

/// The schemas of one kind.
#[derive(Debug)]
pub(super) struct Kind(&'static str, HashMap<String, Shape>);

impl Schemas {
    pub(super) fn read(
        schemas: &proto::get_provider_schema::Response,
        identities: &proto::get_resource_identity_schemas::Response,
    ) -> Result<Self, Diagnostics> {
        let actions =
            schemas.action_schemas.iter().filter_map(|(name, action)| Some((name, action.schema.as_ref()?)));
        let identities = identities.identity_schemas.iter();
        Ok(Schemas {
            provider: shape(&schemas.provider.clone().unwrap_or_default())?,
            provider_meta: schemas.provider_meta.as_ref().map(shape).transpose()?,
            data_sources: Kind::read("data source", schemas.data_source_schemas.iter())?,
            resources: Kind::read("resource", schemas.resource_schemas.iter())?,
            ephemeral_resources: Kind::read("ephemeral resource", schemas.ephemeral_resource_schemas.iter())?,
            list_resources: Kind::read("list resource", schemas.list_resource_schemas.iter())?,
            actions: Kind::read("action", actions)?,
            functions: schemas.functions.clone(),
            identities: identities
                .map(|(name, schema)| Ok((name.clone(), identity(schema)?)))
                .collect::<Result<_, Diagnostics>>()?,
        })
    }
}

impl Kind {
    fn read<'a>(
        kind: &'static str,
        schemas: impl Iterator<Item = (&'a String, &'a proto::Schema)>,
    ) -> Result<Self, Diagnostics> {
        let shapes = schemas.map(|(name, schema)| Ok((name.clone(), shape(schema)?)));
        Ok(Kind(kind, shapes.collect::<Result<_, Diagnostics>>()?))
    }

    pub(super) fn get(&self, name: &str) -> Result<&Shape, Diagnostics> {
        self.1.get(name).ok_or_else(|| unknown(self.0, name))
    }
}

/// What a test gives for a schema.
impl Shape {
    /// A configuration with whatever the test has left out, as the language completes one.
    pub(super) fn complete(&self, config: Value) -> Result<Value, Diagnostics> {
        let mut config = conformance::fit("configuration", config, &self.ty)?;
        conformance::configured(&self.schema, &config)?;
        fill_absent_blocks(&self.schema.block, &mut config);
        Ok(config)
    }

    /// [`complete`](Self::complete), where Terraform asks for nothing before it is known.
    pub(super) fn known(&self, config: Value) -> Result<Value, Diagnostics> {
        let config = self.complete(config)?;
        conformance::fully_known("configuration", &config)?;
        Ok(config)
    }

    pub(super) fn config(&self, config: Value) -> Result<proto::DynamicValue, Diagnostics> {
        codec::write(self.complete(config)?, &self.ty)
    }

    /// A state that a test gives.
    pub(super) fn state(&self, state: Value) -> Result<Value, Diagnostics> {
        let state = conformance::fit("state", state, &self.ty)?;
        conformance::fully_known("state", &state)?;
        Ok(state)
    }
}

fn shape(schema: &proto::Schema) -> Result<Shape, Diagnostics> {
    Schema::try_from(schema).map(Shape::from)
}

fn identity(schema: &proto::ResourceIdentitySchema) -> Result<Type, Diagnostics> {
    let attributes = schema.identity_attributes.iter();
    let attributes = attributes.map(|each| Ok((each.name.clone(), Type::from_json(&each.r#type)?)));
    Ok(Type::object(attributes.collect::<Result<Vec<_>, Diagnostics>>()?))
}
