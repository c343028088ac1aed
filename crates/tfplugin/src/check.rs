use std::collections::BTreeSet;

use crate::offers::{HasSchema, Offered, Offers};
use crate::schema::{InvalidSchema, Schema, is_name};
use crate::{AnyFunction, AnyProvider, Diagnostic, Diagnostics, Provider};

/// Whether Terraform would accept everything that the provider says about itself: for a test of every provider. Served all the
/// same, a provider that fails it shows these errors instead of its schema.
pub fn check(provider: &impl Provider) -> Result<(), Diagnostics> {
    all(&Provider::schema(provider), &Offers::of(provider as &dyn AnyProvider))
}

/// Arguments that Terraform keeps for itself.
const RESERVED: [&str; 7] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

const RESERVED_IN_PROVIDER: [&str; 2] = ["alias", "version"];

pub(crate) fn all(provider: &Schema, offers: &Offers) -> Result<(), Diagnostics> {
    let mut found = Diagnostics::new();
    one("The provider block", provider, &RESERVED_IN_PROVIDER, &mut found);
    each("data source", &offers.data_sources, &RESERVED, &mut found);
    each("resource", &offers.resources, &RESERVED, &mut found);
    each("ephemeral resource", &offers.ephemeral_resources, &RESERVED, &mut found);
    // What an action is configured with has a block of its own.
    each("action", &offers.actions, &[], &mut found);
    functions(&offers.functions, &mut found);
    let unique = [offers.data_sources.twice(), offers.resources.twice(), offers.ephemeral_resources.twice()];
    found.push(unique.into_iter().flatten().collect::<Diagnostics>());
    found.push(
        [offers.actions.twice(), offers.functions.twice()].into_iter().flatten().collect::<Diagnostics>(),
    );
    found.into_result()
}

fn each<T: HasSchema + ?Sized>(kind: &str, offered: &Offered<T>, reserved: &[&str], found: &mut Diagnostics) {
    for (name, offer) in offered.iter() {
        one(&format!("The {kind} `{name}`"), &offer.shape().schema, reserved, found);
    }
}

fn one(what: &str, schema: &Schema, reserved: &[&str], found: &mut Diagnostics) {
    if let Err(problem) = schema.check().and_then(|()| schema.check_reserved(reserved)) {
        found.push(invalid(what, &problem));
    }
}

fn invalid(what: &str, problem: &InvalidSchema) -> Diagnostic {
    Diagnostic::error(
        "Invalid schema",
        format!("{what} is wrong at {problem}. This is a bug in the provider."),
    )
}

fn functions(offered: &Offered<dyn AnyFunction>, found: &mut Diagnostics) {
    for (name, offer) in offered.iter() {
        let signature = offer.object.signature();
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
