//! Whether the models of a provider fit its schemas.

use crate::model::Fields;
use crate::registry::{Entries, Entry, HasSchema, Registry};
use crate::schema::{Attribute, Block, BlockNesting, Body};
use crate::{AttributePath, Diagnostic, Diagnostics, DynResource};

pub(super) fn all(provider: &Fields, registry: &Registry, found: &mut Diagnostics) {
    surplus("the provider block", provider, found);
    each("data source", &registry.data_sources, found);
    each("resource", &registry.resources, found);
    each("ephemeral resource", &registry.ephemeral_resources, found);
    each("action", &registry.actions, found);
    for (name, entry) in registry.resources.iter() {
        resource(name, entry, found);
    }
}

fn each<T: HasSchema + ?Sized>(kind: &str, entries: &Entries<T>, found: &mut Diagnostics) {
    for (name, entry) in entries.iter() {
        surplus(&format!("the {kind} `{name}`"), entry.fields(), found);
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
    for path in closed {
        let problem = format!("there is no place for an unknown `{path}`; make its field an `Attr`");
        found.push(unfit(&what, &problem));
    }
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
