//! Tests the runtime with a provider in this process, over a pipe.

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Nesting, Schema};
use tfplugin::testing::{Client, State};
use tfplugin::{
    Attr, AttributePath, Change, Context, DataSource, DataSources, Diagnostic, Diagnostics, Function,
    Functions, Parameter, Plan, Provider, Resource, Resources, ResultExt, Signature, Type, Value,
};

use crate::example::object;

struct Odd;

impl Provider for Odd {
    type Config = ();
    type Client = ();

    fn data_sources(&self) -> DataSources {
        DataSources::new().with(Misbehaving)
    }

    fn resources(&self) -> Resources {
        Resources::new().with(Keeping).with(Nameless).with(Nested)
    }
}

/// Does what it is told.
struct Misbehaving;

#[derive(Deserialize)]
struct Order {
    what: Attr<String>,
    #[expect(dead_code, reason = "there to be rejected")]
    numbers: Option<Vec<u8>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Fine { what: String },
    Unknown { what: Attr<String> },
    Surplus { what: String, more: bool },
    Wrong { what: bool },
}

impl DataSource for Misbehaving {
    type Config = Order;
    type State = Outcome;

    fn name(&self) -> &'static str {
        "odd_misbehaving"
    }

    fn schema(&self) -> Schema {
        Schema::new("Misbehaves.")
            .attribute(Attribute::string("what").required())
            .attribute(Attribute::list("numbers", Type::Number).optional())
    }

    async fn read(&self, config: Order, context: &Context) -> Result<Outcome, Diagnostics> {
        let what = config.what.known().unwrap_or_default();
        match what.as_str() {
            "panic" => panic!("as told"),
            "wait" => {
                context.cancelled().await;
                Err(Diagnostic::error("Stopped", "").into())
            }
            "warn" => {
                context.warn(Diagnostic::warning("Careful", "").at("what"));
                Ok(Outcome::Fine { what })
            }
            "grumble" => Err(Diagnostic::warning("Careful", "").into()),
            "parse" => Err(what.parse::<u8>().at("what").unwrap_err()),
            "unknown" => Ok(Outcome::Unknown { what: Attr::Unknown }),
            "surplus" => Ok(Outcome::Surplus { what, more: true }),
            "wrong" => Ok(Outcome::Wrong { what: true }),
            _ => Ok(Outcome::Fine { what }),
        }
    }
}

async fn client() -> Client {
    Client::in_process(Odd).await.unwrap()
}

async fn told(client: &Client, what: &str) -> Result<Value, String> {
    let read = client.read_data_source("odd_misbehaving", object([("what", what.into())])).await;
    read.map_err(|errors| errors.to_string())
}

#[track_caller]
fn assert_starts(failed: Result<Value, String>, text: &str) {
    let failed = failed.unwrap_err();
    assert!(failed.starts_with(text), "{failed}");
}

#[tokio::test]
async fn a_panic_fails_its_call_alone() {
    let client = client().await;
    let waiting = told(&client, "wait");
    let meanwhile = async {
        assert_starts(told(&client, "panic").await, "Provider panicked: as told");
        assert_eq!(told(&client, "fine").await.unwrap().get("what"), Some(&"fine".into()));
        client.stop().await.unwrap();
    };
    let (waited, ()) = tokio::join!(waiting, meanwhile);
    assert_eq!(waited, Err("Stopped".into()));
    // Stopped is stopped, for the calls to come as well.
    assert_eq!(told(&client, "wait").await, Err("Stopped".into()));
}

#[tokio::test]
async fn warnings_come_with_the_response() {
    let client = client().await;
    told(&client, "warn").await.unwrap();
    assert_eq!(client.take_warnings(), [Diagnostic::warning("Careful", "").at("what")]);
}

#[tokio::test]
async fn what_fails_with_a_warning_alone_has_failed() {
    let client = client().await;
    assert_starts(
        told(&client, "grumble").await,
        "Provider returned no result: It failed with warnings alone.",
    );
}

#[tokio::test]
async fn errors_of_any_kind_carry_their_path() {
    let client = client().await;
    assert_starts(told(&client, "parse").await, "invalid digit found in string (what)");
}

#[tokio::test]
async fn what_does_not_fit_is_said_with_its_path() {
    let client = client().await;
    let numbers = Value::List(vec![1.into(), 256.into()]);
    let config = object([("what", "fine".into()), ("numbers", numbers)]);
    let rejected = client.read_data_source("odd_misbehaving", config).await.unwrap_err();
    assert_eq!(
        rejected.to_string(),
        "Invalid configuration (numbers[1]): At `numbers[1]`: expected a whole number from 0 to 255, found 256."
    );
}

#[tokio::test]
async fn a_provider_cannot_return_what_terraform_would_reject() {
    let client = client().await;
    assert_starts(told(&client, "unknown").await, "Provider returned an unknown value (what)");
    let not_allowed = "Provider returned a value that its schema does not allow";
    assert_starts(told(&client, "surplus").await, &format!("{not_allowed} (more)"));
    assert_starts(told(&client, "wrong").await, &format!("{not_allowed} (what)"));
}

#[tokio::test]
async fn names_that_are_not_offered_are_errors() {
    let client = client().await;
    let failed = client.read_data_source("odd_absent", object([])).await.unwrap_err();
    assert_eq!(failed.to_string(), "The provider has no data source `odd_absent`");
}

/// Fails half way, having saved what it could.
struct Keeping;

#[derive(Clone, Deserialize, Serialize)]
struct KeepingModel {
    fails: bool,
    id: Attr<String>,
    revision: Attr<u64>,
}

impl Resource for Keeping {
    type Model = KeepingModel;

    fn name(&self) -> &'static str {
        "odd_keeping"
    }

    fn schema(&self) -> Schema {
        Schema::new("Keeps.")
            .attribute(Attribute::bool("fails").required())
            .attribute(Attribute::string("id").computed().use_state_for_unknown())
            .attribute(Attribute::number("revision").computed())
    }

    async fn create(
        &self,
        planned: KeepingModel,
        change: &mut Change<KeepingModel>,
        _: &Context,
    ) -> Result<KeepingModel, Diagnostics> {
        let made = KeepingModel { id: Attr::Known("1".into()), revision: Attr::Known(1), ..planned };
        change.private.set("half", &true)?;
        if made.fails {
            change.set_state(&made)?;
            panic!("half way");
        }
        Ok(made)
    }

    async fn update(
        &self,
        prior: KeepingModel,
        planned: KeepingModel,
        _: &mut Change<KeepingModel>,
        _: &Context,
    ) -> Result<KeepingModel, Diagnostics> {
        if planned.fails {
            return Err(Diagnostic::error("No", "").into());
        }
        Ok(KeepingModel { revision: prior.revision.map(|revision| revision + 1), ..planned })
    }

    async fn delete(
        &self,
        state: KeepingModel,
        _: &mut Change<KeepingModel>,
        _: &Context,
    ) -> Result<(), Diagnostics> {
        if state.fails { Err(Diagnostic::error("No", "").into()) } else { Ok(()) }
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([IdentityAttribute::required("id", Type::String)]))
    }

    fn identity(&self, state: &KeepingModel) -> Result<Value, Diagnostics> {
        let id = state.id.clone().map(Value::from).known().unwrap_or_default();
        Ok(object([("id", id)]))
    }
}

/// Fails once it has saved, and panics when asked for its name.
struct Nameless;

impl Resource for Nameless {
    type Model = KeepingModel;

    fn name(&self) -> &'static str {
        "odd_nameless"
    }

    fn schema(&self) -> Schema {
        Resource::schema(&Keeping)
    }

    async fn create(
        &self,
        planned: KeepingModel,
        change: &mut Change<KeepingModel>,
        _: &Context,
    ) -> Result<KeepingModel, Diagnostics> {
        change.set_state(&KeepingModel { id: Attr::Null, revision: Attr::Null, ..planned })?;
        Err(Diagnostic::error("Half way", "").into())
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([IdentityAttribute::required("id", Type::String)]))
    }

    fn identity(&self, _: &KeepingModel) -> Result<Value, Diagnostics> {
        panic!("no name")
    }
}

#[tokio::test]
async fn a_panic_over_a_saved_state_fails_its_call_alone() {
    let client = client().await;
    let planned = client.plan("odd_nameless", None, keeping(true)).await.unwrap();
    let (failed, _) = client.apply_planned("odd_nameless", None, planned, keeping(true)).await.unwrap_err();
    let failed: Vec<_> = failed.iter().map(Diagnostic::summary).collect();
    assert_eq!(failed, ["Half way", "Provider panicked"]);
}

fn keeping(fails: bool) -> Value {
    object([("fails", fails.into())])
}

async fn applied(
    client: &Client,
    prior: Option<&State>,
    fails: bool,
) -> Result<State, (Diagnostics, Option<State>)> {
    let planned = client.plan("odd_keeping", prior, keeping(fails)).await.unwrap();
    client.apply_planned("odd_keeping", prior, planned, keeping(fails)).await
}

#[tokio::test]
async fn a_failed_creation_keeps_what_was_saved_even_past_a_panic() {
    let client = client().await;
    let (errors, kept) = applied(&client, None, true).await.unwrap_err();
    assert!(errors.to_string().starts_with("Provider panicked: half way"), "{errors}");
    assert_eq!(kept.unwrap().value.get("id"), Some(&"1".into()));
}

#[tokio::test]
async fn a_failed_change_keeps_the_object_as_it_was() {
    let client = client().await;
    let mut created = applied(&client, None, false).await.unwrap();
    assert_eq!(created.private.get("half"), Ok(Some(true)));
    assert_eq!(created.identity, Some(object([("id", "1".into())])));
    let (_, kept) = applied(&client, Some(&created), true).await.unwrap_err();
    assert_eq!(kept.as_ref(), Some(&created));
    created.value = object([("fails", true.into()), ("id", "1".into()), ("revision", 1.into())]);
    let deletion = client.plan_deletion("odd_keeping", &created).await.unwrap();
    let deleted = client.apply_planned("odd_keeping", Some(&created), deletion, Value::Null).await;
    assert_eq!(deleted.unwrap_err().1, Some(created));
}

#[tokio::test]
async fn an_update_keeps_what_the_schema_says() {
    let client = client().await;
    let mut created = applied(&client, None, false).await.unwrap();
    assert_eq!(
        client.plan("odd_keeping", Some(&created), keeping(false)).await.unwrap().value,
        created.value
    );
    client.delete("odd_keeping", &created).await.unwrap();
    created.value = object([("fails", true.into()), ("id", "1".into()), ("revision", 1.into())]);
    let planned = client.plan("odd_keeping", Some(&created), keeping(false)).await.unwrap();
    let expected = object([("fails", false.into()), ("id", "1".into()), ("revision", Value::UNKNOWN)]);
    assert_eq!(planned.value, expected);
}

/// Has attributes within attributes, and a plan of its own.
struct Nested;

#[derive(Clone, Deserialize, Serialize)]
struct NestedModel {
    rules: Attr<Vec<Rule>>,
    total: Attr<usize>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Rule {
    port: u16,
    protocol: Attr<String>,
    id: Attr<String>,
}

impl Resource for Nested {
    type Model = NestedModel;

    fn name(&self) -> &'static str {
        "odd_nested"
    }

    fn schema(&self) -> Schema {
        let rule = [
            Attribute::number("port").required().requires_replace(),
            Attribute::string("protocol").default_value("tcp"),
            Attribute::string("id").computed().use_state_for_unknown(),
        ];
        Schema::new("Nests.")
            .attribute(Attribute::nested("rules", Nesting::List, rule).required())
            .attribute(Attribute::number("total").computed())
    }

    async fn plan(&self, plan: Plan<'_, NestedModel>, context: &Context) -> Result<(), Diagnostics> {
        match plan.into_planned() {
            Some(planned) => planned.total = planned.rules.as_ref().map(Vec::len),
            None => context.warn(Diagnostic::warning("Going", "")),
        }
        Ok(())
    }

    async fn create(
        &self,
        mut planned: NestedModel,
        _: &mut Change<NestedModel>,
        _: &Context,
    ) -> Result<NestedModel, Diagnostics> {
        for rule in planned.rules.as_mut().known().into_iter().flatten() {
            rule.id = Attr::Known(format!("rule-{}", rule.port));
        }
        Ok(planned)
    }
}

fn rules(ports: &[i64]) -> Value {
    let rules = ports.iter().map(|port| object([("port", (*port).into())])).collect();
    object([("rules", Value::List(rules))])
}

#[tokio::test]
async fn nested_attributes_are_planned_in_their_place() {
    let client = client().await;
    let planned = client.plan("odd_nested", None, rules(&[80, 443])).await.unwrap();
    let rule = |port: i64, id: Value| object([("port", port.into()), ("protocol", "tcp".into()), ("id", id)]);
    let planned_rules = Value::List(vec![rule(80, Value::UNKNOWN), rule(443, Value::UNKNOWN)]);
    assert_eq!(planned.value, object([("rules", planned_rules), ("total", 2.into())]));

    let created = client.apply("odd_nested", None, rules(&[80, 443])).await.unwrap();
    let changed = client.plan("odd_nested", Some(&created), rules(&[80, 8443])).await.unwrap();
    assert_eq!(changed.requires_replace, [AttributePath::from("rules").index(1).attribute("port")]);
    client.delete("odd_nested", &created).await.unwrap();
    assert_eq!(client.take_warnings(), [Diagnostic::warning("Going", "")]);
}

/// Says the wrong things about itself.
struct Broken;

impl Provider for Broken {
    type Config = ();
    type Client = ();

    fn schema(&self) -> Schema {
        Schema::new("").attribute(Attribute::string("version").optional())
    }

    fn data_sources(&self) -> DataSources {
        DataSources::new().with(Misbehaving).with(Misbehaving)
    }

    fn functions(&self) -> Functions {
        Functions::new().with(Unnamed)
    }
}

struct Unnamed;

impl Function for Unnamed {
    type Arguments = (String, String);
    type Output = String;

    fn name(&self) -> &'static str {
        "unnamed"
    }

    fn signature(&self) -> Signature {
        let parameter = || Parameter::new("same", Type::String);
        Signature::new("", Type::String).parameter(parameter()).parameter(parameter())
    }

    async fn call(&self, (one, _): (String, String), _: &Context) -> Result<String, Diagnostics> {
        Ok(one)
    }
}

#[tokio::test]
async fn a_provider_that_terraform_would_reject_says_why() {
    let found = tfplugin::check(&Broken).unwrap_err();
    let summaries: Vec<_> = found.iter().map(Diagnostic::summary).collect();
    assert_eq!(summaries, ["Invalid schema", "Invalid signature", "Name used twice"]);
    assert_eq!(Client::in_process(Broken).await.unwrap_err(), found);
    assert_eq!(tfplugin::check(&Odd), Ok(()));
}
