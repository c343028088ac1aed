use std::sync::Arc;

use tfplugin_proto::tfplugin6 as proto;

use super::super::{About, Plugin};
use crate::schema::{Attributes, Body, Schema, change_objects};
use crate::{Value, codec};

/// A configuration for an imported object: its state, as the resource would have it written.
pub(in super::super) async fn generate_config(
    plugin: Arc<Plugin>,
    request: proto::generate_resource_config::Request,
) -> proto::generate_resource_config::Response {
    let call = plugin.call("GenerateResourceConfig", About::Resource(&request.type_name));
    let generated = call.run(async {
        let entry = plugin.registry().resources.get(&request.type_name)?;
        let shape = entry.shape();
        let config = entry.object.generate_config(shape.read(request.state.as_ref())?)?;
        Ok(codec::encode(&configurable(&shape.schema, shape.conform(config)?)))
    });
    let (config, diagnostics) = generated.await;
    proto::generate_resource_config::Response { config, diagnostics }
}

/// The value without what is not for a configuration.
fn configurable(schema: &Schema, mut value: Value) -> Value {
    change_objects(&mut value, None, &mut |parts, _| clear(schema.into(), parts));
    value
}

fn clear(body: Body<'_>, parts: &mut Attributes) {
    let read_only = |attribute: &&crate::schema::Attribute| !attribute.required && !attribute.optional;
    for attribute in body.attributes.iter().filter(read_only) {
        parts.insert(attribute.name.clone(), Value::Null);
    }
    for (name, _, body) in body.nested() {
        if let Some(part) = parts.get_mut(name) {
            change_objects(part, None, &mut |parts, _| clear(body, parts));
        }
    }
}
