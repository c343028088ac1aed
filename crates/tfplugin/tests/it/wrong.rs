//! A provider whose responses Terraform rejects. The test client rejects them, too.

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::testing::Client;
use tfplugin::{
    Attr, Change, Context, Diagnostic, Diagnostics, EphemeralResource, EphemeralResources, Function,
    Functions, Opened, Parameter, Plan, PrivateState, Provider, Resource, Resources, Signature, Type, Value,
};

use crate::example::object;

struct Wrong;

impl Provider for Wrong {
    type Config = ();
    type Client = ();

    fn resources(&self) -> Resources {
        Resources::new().with(Thing)
    }

    fn ephemeral_resources(&self) -> EphemeralResources {
        EphemeralResources::new().with(Fleeting)
    }

    fn functions(&self) -> Functions {
        Functions::new().with(Echo)
    }
}

/// Goes wrong at the step that its `at` names.
struct Thing;

#[derive(Clone, Deserialize, Serialize)]
struct Model {
    at: Attr<String>,
    note: Attr<String>,
    id: Attr<String>,
}

impl Model {
    fn fails_at(&self, step: &str) -> bool {
        self.at.as_deref().known() == Some(step)
    }
}

fn model() -> Schema {
    Schema::new("Goes wrong.")
        .attribute(Attribute::string("at").required())
        .attribute(Attribute::string("note").optional())
        .attribute(Attribute::string("id").computed())
}

fn other() -> Attr<String> {
    Attr::Known("other".into())
}

impl Resource for Thing {
    type Model = Model;

    fn name(&self) -> &'static str {
        "wrong_thing"
    }

    fn schema(&self) -> Schema {
        model()
    }

    async fn plan(&self, plan: Plan<'_, Model>, _: &Context) -> Result<(), Diagnostics> {
        match plan.into_planned() {
            Some(planned) if planned.fails_at("plan") => planned.note = other(),
            _ => {}
        }
        Ok(())
    }

    async fn create(&self, planned: Model, _: &mut Change<Model>, _: &Context) -> Result<Model, Diagnostics> {
        let note = if planned.fails_at("apply") { other() } else { planned.note };
        Ok(Model { id: Attr::Known("1".into()), note, ..planned })
    }
}

/// Opens something else than was asked for.
struct Fleeting;

impl EphemeralResource for Fleeting {
    type Config = Model;
    type State = Model;

    fn name(&self) -> &'static str {
        "wrong_fleeting"
    }

    fn schema(&self) -> Schema {
        model()
    }

    async fn open(&self, config: Model, _: &Context) -> Result<Opened<Model>, Diagnostics> {
        Ok(Opened::new(Model { id: other(), note: other(), ..config }))
    }

    async fn renew(&self, _: &PrivateState, _: &Context) -> Result<Opened<()>, Diagnostics> {
        Ok(Opened::new(()))
    }

    async fn close(&self, _: &PrivateState, context: &Context) -> Result<(), Diagnostics> {
        context.race(tokio::time::sleep(std::time::Duration::from_millis(1))).await
    }
}

struct Echo;

impl Function for Echo {
    type Arguments = (Vec<String>, Vec<String>);
    type Output = Vec<String>;

    fn name(&self) -> &'static str {
        "echo"
    }

    fn signature(&self) -> Signature {
        Signature::new("Gives what it is given.", Type::list(Type::String))
            .parameter(Parameter::new("first", Type::list(Type::String)))
            .variadic(Parameter::new("more", Type::String))
    }

    async fn call(
        &self,
        (first, _): (Vec<String>, Vec<String>),
        context: &Context,
    ) -> Result<Vec<String>, Diagnostics> {
        if first.is_empty() {
            context.warn(Diagnostic::warning("Nothing to say", "The list is empty."));
            return Err(Diagnostic::error("No echo", "").into());
        }
        Ok(first)
    }
}

fn at(step: &str) -> Value {
    object([("at", step.into()), ("note", "mine".into())])
}

async fn client() -> Client {
    Client::in_process(Wrong).await.unwrap()
}

#[track_caller]
fn reject<T>(result: Result<T, Diagnostics>, text: &str) {
    assert_eq!(result.err().map(|errors| errors.to_string()).as_deref(), Some(text));
}

#[tokio::test]
async fn a_plan_that_changes_the_configuration_is_rejected() {
    let text = "Provider produced invalid plan (note): It is not as configured: configured \"mine\", returned \"other\".";
    reject(client().await.plan("wrong_thing", None, at("plan")).await, text);
}

#[tokio::test]
async fn a_result_that_is_not_as_planned_is_rejected_and_kept() {
    let client = client().await;
    let planned = client.plan("wrong_thing", None, at("apply")).await.unwrap();
    let (errors, kept) = client.apply_planned("wrong_thing", None, planned, at("apply")).await.unwrap_err();
    let text = "Provider produced inconsistent result after apply (note): It is not as planned: planned \"mine\", now \"other\".";
    reject::<()>(Err(errors), text);
    assert_eq!(kept.unwrap().value.get("note"), Some(&"other".into()));
}

#[tokio::test]
async fn a_renewal_without_private_state_keeps_what_there_is() {
    let mut private = PrivateState::new();
    private.set("lease", &5).unwrap();
    let renewed = client().await.renew("wrong_fleeting", &private).await.unwrap();
    assert_eq!(renewed.private, private);
}

/// What was opened before Ctrl-C must still be given back.
#[tokio::test]
async fn closing_goes_on_after_a_stop() {
    let client = client().await;
    client.stop().await.unwrap();
    client.close("wrong_fleeting", &PrivateState::new()).await.unwrap();
}

#[tokio::test]
async fn warnings_of_a_function_are_in_its_error() {
    let failed = client().await.call_function("echo", [Value::List(vec![])]).await.unwrap_err();
    assert!(failed.to_string().contains("No echo\nWarning: Nothing to say: The list is empty"), "{failed}");
}

#[tokio::test]
async fn what_is_opened_keeps_the_configuration() {
    let text = "Provider produced invalid ephemeral resource instance (note): It is not as configured: configured \"mine\", returned \"other\".";
    reject(client().await.open("wrong_fleeting", at("")).await, text);
}

/// Terraform hands both to the provider.
#[tokio::test]
async fn null_where_a_value_is_required_and_values_that_only_the_provider_sets_are_rejected() {
    let client = client().await;
    let planned = client.plan("wrong_thing", None, object([])).await;
    reject(planned, "Missing value (at): `at` is required, and cannot be null.");
    let planned = client.plan("wrong_thing", None, object([("at", "".into()), ("id", "mine".into())])).await;
    let text = "Read-only attribute (id): The provider sets `id`. Remove it from the configuration.";
    reject(planned, text);
}

#[tokio::test]
async fn a_test_that_is_wrong_itself_is_told_so() {
    let client = client().await;
    let misfit = "The configuration does not fit the schema";
    let planned = client.plan("wrong_thing", None, object([("at", 1.into())])).await;
    reject(planned, &format!("{misfit} (at): Expected string, found a number."));
    let applied = client.apply("wrong_thing", None, object([("at", Value::UNKNOWN)])).await;
    let text = "The configuration has an unknown value (at): Terraform comes this far only with a configuration that is wholly known.";
    reject(applied, text);
    let mut state = client.apply("wrong_thing", None, at("")).await.unwrap();
    state.value = object([("id", Value::List(Vec::new()))]);
    let refreshed = client.refresh("wrong_thing", &state).await;
    reject(refreshed, "The state does not fit the schema (id): Expected string, found a list.");
}

#[tokio::test]
async fn arguments_are_held_to_the_signature() {
    let client = client().await;
    let call = |arguments: Vec<Value>| client.call_function("echo", arguments);
    let list = |element: Value| Value::List(vec![element]);
    assert_eq!(call(vec![list("a".into())]).await, Ok(list("a".into())));
    assert_eq!(call(vec![list(Value::UNKNOWN)]).await, Ok(Value::UNKNOWN));
    let null = |path: &str| format!("Invalid function argument ({path}): The argument must not be null.");
    reject(call(vec![Value::Null]).await, &null("first"));
    reject(call(vec![Value::UNKNOWN, "a".into(), Value::Null]).await, &null("more[1]"));
    let misfit = call(vec![list(true.into())]).await;
    reject(misfit, "The argument does not fit the signature (first[0]): Expected string, found a bool.");
    reject(call(vec![]).await, "The number of arguments does not fit the signature: Expected 1, found 0.");
}
