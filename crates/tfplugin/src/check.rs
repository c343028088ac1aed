use std::collections::BTreeSet;

use crate::registry::{Entries, HasSchema, Registry};
use crate::schema::{Schema, SchemaError, is_name};
use crate::{Diagnostic, Diagnostics, DynFunction, DynProvider, DynResource, Provider};

mod models;

/// Whether Terraform would accept everything that the provider says about itself, and whether its models fit its schemas: for a
/// test of every provider. A provider that is served although the check fails responds to every call with these errors.
///
/// A model fits if each of its fields has an attribute of its type, if what may be left out may be null in it, if what the provider
/// computes may be unknown in it, and, for a resource with a
/// [`plan`](crate::Resource::plan) of its own, if everything that can be configured may be: else the plan would be made without
/// that method while something is unknown, and turn out another when all is known.
pub fn check(provider: &impl Provider) -> Result<(), Diagnostics> {
    let schema = Provider::schema(provider);
    let registry = Registry::of(provider as &dyn DynProvider);
    let mut found = Diagnostics::new();
    found.take(all(&schema, &registry));
    models::all(&schema, &provider.fields(&schema.ty()), &registry, &mut found);
    if let Some(address) = Provider::address(provider) {
        prefixes(address, &registry, &mut found);
    }
    found.into_result()
}

/// Terraform takes the provider of a resource from its name.
fn prefixes(address: &str, registry: &Registry, found: &mut Diagnostics) {
    let provider = address.rsplit('/').next().unwrap_or(address);
    let resources = registry.resources.names().map(|name| ("resource", name));
    let data_sources = registry.data_sources.names().map(|name| ("data source", name));
    let ephemeral = registry.ephemeral_resources.names().map(|name| ("ephemeral resource", name));
    let actions = registry.actions.names().map(|name| ("action", name));
    for (kind, name) in resources.chain(data_sources).chain(ephemeral).chain(actions) {
        let rest = name.strip_prefix(provider);
        if rest.is_none_or(|rest| !rest.is_empty() && !rest.starts_with('_')) {
            let detail = format!(
                "The name of the {kind} `{name}` does not begin with `{provider}_`, so that Terraform would look for another \
                 provider. This is a bug in the provider."
            );
            found.push(Diagnostic::error("Name of another provider", detail));
        }
    }
}

/// What the schemas of one kind may hold beyond the rules for all.
struct Limits {
    /// Arguments that Terraform keeps for itself.
    reserved: &'static [&'static str],
    /// Whether it takes write-only values.
    write_only: bool,
    /// Whether there is a plan, which defaults and the like are for.
    planned: bool,
}

const RESERVED: &[&str] =
    &["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

const OF_PROVIDERS: Limits = Limits { reserved: &["alias", "version"], write_only: false, planned: false };
const OF_RESOURCES: Limits = Limits { reserved: RESERVED, write_only: true, planned: true };
const OF_DATA_SOURCES: Limits = Limits { reserved: RESERVED, write_only: false, planned: false };
const OF_EPHEMERAL_RESOURCES: Limits = OF_DATA_SOURCES;
/// What an action is configured with has a block of its own.
const OF_ACTIONS: Limits = Limits { reserved: &[], write_only: true, planned: false };

pub(crate) fn all(provider: &Schema, registry: &Registry) -> Result<(), Diagnostics> {
    let mut found = Diagnostics::new();
    one("The provider block", provider, &OF_PROVIDERS, &mut found);
    each("data source", &registry.data_sources, &OF_DATA_SOURCES, &mut found);
    each("resource", &registry.resources, &OF_RESOURCES, &mut found);
    each("ephemeral resource", &registry.ephemeral_resources, &OF_EPHEMERAL_RESOURCES, &mut found);
    each("action", &registry.actions, &OF_ACTIONS, &mut found);
    functions(&registry.functions, &mut found);
    identities(&registry.resources, &mut found);
    each("list resource", &registry.list_resources, &OF_ACTIONS, &mut found);
    lists(registry, &mut found);
    let unique =
        [registry.data_sources.twice(), registry.resources.twice(), registry.ephemeral_resources.twice()];
    found.push(unique.into_iter().flatten().collect::<Diagnostics>());
    found.push(
        [registry.actions.twice(), registry.functions.twice(), registry.list_resources.twice()]
            .into_iter()
            .flatten()
            .collect::<Diagnostics>(),
    );
    found.into_result()
}

fn each<T: HasSchema + ?Sized>(kind: &str, entries: &Entries<T>, limits: &Limits, found: &mut Diagnostics) {
    for (name, entry) in entries.iter() {
        if !is_name(name) {
            let detail = format!(
                "The name of the {kind} `{name}` is not of a-z, 0-9 and _. This is a bug in the provider."
            );
            found.push(Diagnostic::error("Invalid name", detail));
        }
        one(&format!("The {kind} `{name}`"), &entry.shape().schema, limits, found);
    }
}

fn one(what: &str, schema: &Schema, limits: &Limits, found: &mut Diagnostics) {
    if let Err(problem) = within(schema, limits) {
        found.push(invalid(what, &problem));
    }
}

fn within(schema: &Schema, limits: &Limits) -> Result<(), SchemaError> {
    schema.check()?;
    schema.check_reserved(limits.reserved)?;
    if !limits.write_only {
        schema.check_nothing_write_only()?;
    }
    if !limits.planned {
        schema.check_nothing_planned()?;
    }
    Ok(())
}

fn identities(resources: &Entries<dyn DynResource>, found: &mut Diagnostics) {
    for (name, entry) in resources.iter() {
        if let Some(Err(problem)) = entry.object.identity_schema().map(|schema| schema.check()) {
            found.push(invalid(&format!("The identity of `{name}`"), &problem));
        }
    }
}

/// What is listed is identified, and can be managed.
fn lists(registry: &Registry, found: &mut Diagnostics) {
    for (name, _) in registry.list_resources.iter() {
        let managed = registry.resources.get(name).ok();
        if managed.is_none_or(|entry| entry.object.identity_schema().is_none()) {
            let detail = format!(
                "The list resource `{name}` needs a managed resource of this name that has an identity. This is a bug in the provider."
            );
            found.push(Diagnostic::error("List resource without a resource", detail));
        }
    }
}

fn invalid(what: &str, problem: &SchemaError) -> Diagnostic {
    Diagnostic::error(
        "Invalid schema",
        format!("{what} is not as it has to be: {problem}. This is a bug in the provider."),
    )
}

fn functions(entries: &Entries<dyn DynFunction>, found: &mut Diagnostics) {
    for (name, entry) in entries.iter() {
        let signature = entry.object.signature();
        let mut parameters = signature.parameters.iter().chain(&signature.variadic).map(|each| &each.name);
        let mut seen = BTreeSet::new();
        let are_names = parameters.all(|name| is_name(name) && seen.insert(name));
        if !is_name(name) || !are_names {
            let detail = format!(
                "The function `{name}` and its parameters need names of their own, of a-z, 0-9 and _. This is a bug in the provider."
            );
            found.push(Diagnostic::error("Invalid signature", detail));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Attribute, Block, NestedBlock};

    #[track_caller]
    fn check(schema: &Schema, limits: &Limits) -> Vec<String> {
        let mut found = Diagnostics::new();
        one("It", schema, limits, &mut found);
        found.iter().map(|each| each.detail().to_owned()).collect()
    }

    #[test]
    fn resources_and_actions_alone_have_write_only_attributes() {
        let secret = Block::new().attribute(Attribute::string("secret").optional().write_only());
        let schema = Schema::new("").block(NestedBlock::single("login", secret));
        for limits in [&OF_RESOURCES, &OF_ACTIONS] {
            assert_eq!(check(&schema, limits), [""; 0]);
        }
        let rejected = "It is not as it has to be: login.secret: only resources and actions have write-only attributes. This is \
                       a bug in the provider.";
        for limits in [&OF_PROVIDERS, &OF_DATA_SOURCES, &OF_EPHEMERAL_RESOURCES] {
            assert_eq!(check(&schema, limits), [rejected]);
        }
    }

    #[test]
    fn defaults_and_the_like_are_for_what_is_planned() {
        for attribute in [
            Attribute::string("a").default_value("x"),
            Attribute::string("a").required().requires_replace(),
            Attribute::string("a").computed().use_state_for_unknown(),
        ] {
            let schema = Schema::new("").attribute(attribute);
            assert_eq!(check(&schema, &OF_RESOURCES), [""; 0]);
            assert_eq!(check(&schema, &OF_DATA_SOURCES).len(), 1);
        }
    }

    #[test]
    fn the_names_of_meta_arguments_are_taken_where_they_are_written() {
        let schema = Schema::new("").attribute(Attribute::string("count").optional());
        assert_eq!(check(&schema, &OF_DATA_SOURCES).len(), 1);
        assert_eq!(check(&schema, &OF_PROVIDERS).len() + check(&schema, &OF_ACTIONS).len(), 0);
    }
}
