//! Whether the models of a provider fit its schemas.

use std::collections::BTreeMap;

use crate::model::Fields;
use crate::path::Step;
use crate::registry::{Entries, Entry, HasSchema, Registry};
use crate::schema::{Attribute, Block, BlockNesting, Body, Schema};
use crate::{AttributePath, Diagnostic, Diagnostics, DynFunction, DynResource, Type};

pub(super) fn all(schema: &Schema, provider: &Fields, registry: &Registry, found: &mut Diagnostics) {
    one("the provider block", schema, provider, found);
    each("data source", &registry.data_sources, found);
    each("resource", &registry.resources, found);
    each("ephemeral resource", &registry.ephemeral_resources, found);
    each("action", &registry.actions, found);
    each("list resource", &registry.list_resources, found);
    for (name, entry) in registry.functions.iter() {
        function(name, &*entry.object, found);
    }
    for (name, entry) in registry.resources.iter() {
        resource(name, entry, found);
    }
}

fn each<T: HasSchema + ?Sized>(kind: &str, entries: &Entries<T>, found: &mut Diagnostics) {
    for (name, entry) in entries.iter() {
        one(&format!("the {kind} `{name}`"), &entry.shape().schema, entry.fields(), found);
    }
}

fn one(what: &str, schema: &Schema, fields: &Fields, found: &mut Diagnostics) {
    surplus(what, fields, found);
    wrong_types(what, fields, &AttributePath::root(), found);
    no_place_for_null(what, schema.into(), fields, &AttributePath::root(), found);
}

/// Fields of another type than their attributes.
fn wrong_types(what: &str, fields: &Fields, path: &AttributePath, found: &mut Diagnostics) {
    if let Some(problem) = fields.wrong_type.as_ref().filter(|_| !path.is_root()) {
        found.push(unfit(what, &format!("the field of `{path}` is of another type: {problem}")));
    }
    for (name, fields) in &fields.named {
        wrong_types(what, fields, &path.clone().attribute(name), found);
    }
}

/// Fields that cannot be null though their attributes may be left out.
fn no_place_for_null(
    what: &str,
    body: Body<'_>,
    fields: &Fields,
    path: &AttributePath,
    found: &mut Diagnostics,
) {
    for attribute in body.attributes {
        let Some(field) = fields.named.get(&attribute.name) else { continue };
        let path = path.clone().attribute(&attribute.name);
        if !attribute.required && !field.holds_null && field.wrong_type.is_none() {
            let kind = if attribute.is_set_by_provider_alone() { "computed" } else { "not required" };
            let problem =
                format!("`{path}` is {kind} and may be null; make its field an `Option` or an `Attr`");
            found.push(unfit(what, &problem));
        } else if let Some(body) = attribute.body().filter(|_| !attribute.is_set_by_provider_alone()) {
            no_place_for_null(what, body, field, &path, found);
        }
    }
    for block in body.blocks {
        let Some(field) = fields.named.get(&block.name) else { continue };
        let path = path.clone().attribute(&block.name);
        if block.nesting == BlockNesting::Single && block.min == 0 && !field.holds_null {
            let problem =
                format!("the block `{path}` may be left out; make its field an `Option` or an `Attr`");
            found.push(unfit(what, &problem));
        } else {
            no_place_for_null(what, (&block.block).into(), field, &path, found);
        }
    }
}

fn function(name: &str, function: &dyn DynFunction, found: &mut Diagnostics) {
    let what = format!("the function `{name}`");
    let signature = function.signature();
    let variadic = signature.variadic.iter().map(|each| (each.name.clone(), Type::list(each.ty.clone())));
    let parameters = signature.parameters.iter().map(|each| (each.name.clone(), each.ty.clone()));
    let parameters: BTreeMap<_, _> = parameters.chain(variadic).collect();
    let count = signature.parameters.len() + usize::from(signature.variadic.is_some());
    let fields = function.fields(&Type::Object(parameters));
    surplus(&what, &fields, found);
    wrong_types(&what, &fields, &AttributePath::root(), found);
    if let Some(len) = fields.tuple_of.filter(|len| *len != count) {
        let problem = format!("it takes {count} parameters, and its arguments are a tuple of {len}");
        found.push(unfit(&what, &problem));
    }
}

/// Fields without an attribute, here and further in.
fn surplus(what: &str, fields: &Fields, found: &mut Diagnostics) {
    for error in fields.surplus.values() {
        found.push(unfit(what, &error.to_string()));
    }
    for fields in fields.named.values() {
        surplus(what, fields, found);
    }
}

fn resource(name: &str, entry: &Entry<dyn DynResource>, found: &mut Diagnostics) {
    let what = format!("the resource `{name}`");
    let body = Body::from(&entry.shape().schema);
    let mut closed = Vec::new();
    let modifies_plan = entry.object.modifies_plan();
    let may_be_unknown = |attribute: &Attribute| modifies_plan || attribute.is_set_by_provider_alone();
    let search = Search { attributes: &may_be_unknown, blocks: modifies_plan };
    search.closed(body, entry.fields(), &AttributePath::root(), &mut closed);
    for path in closed.into_iter().filter(|path| !has_wrong_type(entry.fields(), path)) {
        let problem = format!("there is no place for an unknown `{path}`; make its field an `Attr`");
        found.push(unfit(&what, &problem));
    }
}

fn has_wrong_type(fields: &Fields, path: &AttributePath) -> bool {
    let inner = path.steps().iter().try_fold(fields, |fields, step| match step {
        Step::Attribute(name) => fields.named.get(name),
        _ => None,
    });
    inner.is_some_and(|field| field.wrong_type.is_some())
}

fn unfit(what: &str, problem: &str) -> Diagnostic {
    let detail =
        format!("The model of {what} does not fit its schema: {problem}. This is a bug in the provider.");
    Diagnostic::error("Invalid model", detail)
}

/// Looks for fields that cannot be unknown and should.
struct Search<'s> {
    attributes: &'s dyn Fn(&Attribute) -> bool,
    blocks: bool,
}

impl Search<'_> {
    fn closed(&self, body: Body<'_>, fields: &Fields, path: &AttributePath, found: &mut Vec<AttributePath>) {
        for attribute in body.attributes {
            let Some(field) = fields.named.get(&attribute.name).filter(|field| !field.holds_unknown) else {
                continue;
            };
            let path = path.clone().attribute(&attribute.name);
            if (self.attributes)(attribute) {
                found.push(path);
            } else if let Some(body) = attribute.body() {
                self.closed(body, field, &path, found);
            }
        }
        for block in body.blocks {
            let Some(field) = fields.named.get(&block.name).filter(|field| !field.holds_unknown) else {
                continue;
            };
            let path = path.clone().attribute(&block.name);
            let is_one = matches!(block.nesting, BlockNesting::Single | BlockNesting::Group);
            if self.blocks && !is_one {
                found.push(path);
            } else {
                self.closed(Body::from(&block.block as &Block), field, &path, found);
            }
        }
    }
}
