//! What comes with a call beside its values: Terraform's version, what it can do, `provider_meta`; and what a call may answer beside
//! its result: that it is put off.

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::testing::Client;
use tfplugin::{
    Adopted, Attr, Change, Context, DataSource, DataSources, Deferral, Diagnostics, EphemeralResource,
    EphemeralResources, Import, Opened, Plan, PrivateState, Provider, Resource, Resources, Type, Value,
    to_value,
};

use crate::example::object;

struct Curious;

impl Provider for Curious {
    type Config = ();
    type Client = ();

    fn meta_schema(&self) -> Option<Schema> {
        Some(Schema::new("").attribute(Attribute::string("module").required()))
    }

    fn resources(&self) -> Resources {
        Resources::new().with(Observer)
    }

    fn data_sources(&self) -> DataSources {
        DataSources::new().with(Observer)
    }

    fn ephemeral_resources(&self) -> EphemeralResources {
        EphemeralResources::new().with(Observer)
    }
}

/// Writes down what it sees, or puts itself off where `defer` is set.
struct Observer;

#[derive(Clone, Deserialize, Serialize)]
struct Observation {
    defer: Attr<bool>,
    note: Attr<String>,
    seen: Attr<String>,
}

#[derive(Deserialize)]
struct Meta {
    module: String,
}

impl Observation {
    fn defers(&self, context: &Context) -> Result<bool, Diagnostics> {
        let defers = self.defer == Attr::Known(true);
        if defers {
            context.defer(Deferral::AbsentPrereq)?;
        }
        Ok(defers)
    }

    fn of(self, context: &Context) -> Result<Self, Diagnostics> {
        let seen = if self.defers(context)? { Attr::Unknown } else { Attr::Known(seen(context)?) };
        Ok(Observation { seen, ..self })
    }
}

fn seen(context: &Context) -> Result<String, Diagnostics> {
    let module = context.provider_meta::<Meta>()?.map_or("no module".to_owned(), |meta| meta.module);
    let version = context.terraform_version().unwrap_or("no version");
    let capabilities = context.capabilities();
    let deferral = if capabilities.deferral_allowed { "deferral" } else { "no deferral" };
    Ok(format!("{module}, {version}, {deferral}"))
}

fn schema() -> Schema {
    Schema::new("Observes.")
        .attribute(Attribute::bool("defer").optional())
        .attribute(Attribute::string("note").optional())
        .attribute(Attribute::string("seen").computed())
}

impl Resource for Observer {
    type Model = Observation;

    fn name(&self) -> &'static str {
        "curious_observer"
    }

    fn schema(&self) -> Schema {
        Schema::new("Observes.")
            .attribute(Attribute::bool("defer").optional())
            .attribute(Attribute::string("note").optional().computed())
            .attribute(Attribute::string("seen").computed())
    }

    async fn plan(&self, plan: Plan<'_, Observation>, context: &Context) -> Result<(), Diagnostics> {
        if let Some(planned) = plan.into_planned()
            && !planned.defers(context)?
            && planned.note.is_unknown()
        {
            planned.note = Attr::Known(seen(context)?);
        }
        Ok(())
    }

    async fn create(
        &self,
        planned: Observation,
        _: &mut Change<Observation>,
        context: &Context,
    ) -> Result<Observation, Diagnostics> {
        let note = planned.note.clone().known().or(Some("none".into()));
        Ok(Observation { note: note.into(), seen: Attr::Known(seen(context)?), ..planned })
    }

    async fn read(
        &self,
        state: Observation,
        _: &mut PrivateState,
        context: &Context,
    ) -> Result<Option<Observation>, Diagnostics> {
        if state.defers(context)? {
            return Ok(Some(state));
        }
        Ok(Some(state.of(context)?))
    }

    async fn import(&self, import: Import, context: &Context) -> Result<Adopted<Observation>, Diagnostics> {
        if let Import::Id(id) = &import
            && id == "later"
        {
            context.defer(Deferral::ResourceConfigUnknown)?;
        }
        Ok(import.into_attribute("note"))
    }

    /// The configuration need not say what is the default anyway.
    fn generate_config(&self, state: Observation) -> Result<Observation, Diagnostics> {
        let defer = if state.defer == Attr::Known(false) { Attr::Null } else { state.defer };
        Ok(Observation { defer, ..state })
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([IdentityAttribute::required("note", Type::String)]))
    }

    fn identity(&self, state: &Observation) -> Result<Value, Diagnostics> {
        Ok(object([("note", to_value(&state.note)?)]))
    }
}

impl DataSource for Observer {
    type Config = Observation;
    type State = Observation;

    fn name(&self) -> &'static str {
        "curious_observer"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    async fn read(&self, config: Observation, context: &Context) -> Result<Observation, Diagnostics> {
        config.of(context)
    }
}

impl EphemeralResource for Observer {
    type Config = Observation;
    type State = Observation;

    fn name(&self) -> &'static str {
        "curious_observer"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    async fn open(&self, config: Observation, context: &Context) -> Result<Opened<Observation>, Diagnostics> {
        config.of(context).map(Opened::new)
    }
}

const NAME: &str = "curious_observer";

async fn client() -> Client {
    let client = Client::in_process(Curious).await.unwrap().with_terraform_version("1.14.9");
    client.configure(object([])).await.unwrap();
    client
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or("nothing").to_owned()
}

#[tokio::test]
async fn every_operation_knows_provider_meta_the_version_and_the_capabilities() {
    let plain = client().await;
    let read = plain.read_data_source(NAME, object([])).await.unwrap();
    assert_eq!(text(&read, "seen"), "no module, 1.14.9, no deferral");
    let client =
        client().await.with_deferral().with_provider_meta(object([("module", "web".into())])).unwrap();
    let expected = "web, 1.14.9, deferral";
    let read = client.read_data_source(NAME, object([])).await.unwrap();
    assert_eq!(text(&read, "seen"), expected);
    let made = client.apply(NAME, None, object([])).await.unwrap();
    // Planned, then applied: Terraform sends no capabilities along with the latter.
    assert_eq!(text(&made.value, "note"), expected);
    assert_eq!(text(&made.value, "seen"), "web, 1.14.9, no deferral");
    let read = client.refresh(NAME, &made).await.unwrap().unwrap();
    assert_eq!(text(&read.value, "seen"), expected);
    let opened = client.open(NAME, object([])).await.unwrap();
    assert_eq!(text(&opened.state, "seen"), "no module, 1.14.9, deferral");
    assert_eq!(client.take_deferral(), None);
}

struct Simple;

impl Provider for Simple {
    type Config = ();
    type Client = ();
}

#[tokio::test]
async fn a_module_cannot_pass_on_what_the_schema_does_not_have() {
    let wrong = client().await.with_provider_meta(object([("modul", "web".into())])).unwrap_err();
    assert!(wrong.to_string().contains("modul"), "{wrong}");
    let simple = Client::in_process(Simple).await.unwrap();
    let wrong = simple.with_provider_meta(object([])).unwrap_err();
    assert_eq!(wrong.to_string(), "The provider has no schema for `provider_meta`");
}

#[tokio::test]
async fn what_cannot_be_done_yet_is_put_off() {
    let client = client().await.with_deferral();
    let (later, put_off) = (|| object([("defer", true.into())]), Some(Deferral::AbsentPrereq));
    let planned = client.plan(NAME, None, later()).await.unwrap();
    assert_eq!(planned.value.get("seen"), Some(&Value::UNKNOWN));
    assert_eq!(client.take_deferral(), put_off);
    let read = client.read_data_source(NAME, later()).await.unwrap();
    assert_eq!(read.get("seen"), Some(&Value::UNKNOWN));
    assert_eq!(client.take_deferral(), put_off);
    let opened = client.open(NAME, later()).await.unwrap();
    assert_eq!(opened.state.get("seen"), Some(&Value::UNKNOWN));
    assert_eq!(client.take_deferral(), put_off);
    let imported = client.import(NAME, "later").await.unwrap();
    assert_eq!(text(&imported.value, "note"), "later");
    assert_eq!(client.take_deferral(), Some(Deferral::ResourceConfigUnknown));
    let mut made = client.apply(NAME, None, object([])).await.unwrap();
    assert_eq!(client.take_deferral(), None);
    made.value = object([("defer", true.into()), ("note", "x".into()), ("seen", "before".into())]);
    let read = client.refresh(NAME, &made).await.unwrap().unwrap();
    assert_eq!(text(&read.value, "seen"), "before");
    assert_eq!(client.take_deferral(), put_off);
}

#[tokio::test]
async fn a_terraform_that_knows_no_deferral_gets_an_error() {
    let client = client().await;
    let later = || object([("defer", true.into())]);
    let errors = [
        client.plan(NAME, None, later()).await.unwrap_err(),
        client.read_data_source(NAME, later()).await.unwrap_err(),
        client.open(NAME, later()).await.unwrap_err(),
        client.import(NAME, "later").await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().starts_with("Change cannot be planned yet: It depends on"), "{error}");
    }
}

#[tokio::test]
async fn a_configuration_is_generated_as_the_resource_would_have_it_written() {
    let client = client().await;
    let generated = |defer: bool| {
        let client = &client;
        async move {
            let mut state = client.apply(NAME, None, object([])).await.unwrap();
            state.value =
                object([("defer", defer.into()), ("note", "x".into()), ("seen", "something".into())]);
            client.generate_config(NAME, &state).await.unwrap()
        }
    };
    let config = |defer: Value| object([("defer", defer), ("note", "x".into()), ("seen", Value::Null)]);
    assert_eq!(generated(false).await, config(Value::Null));
    assert_eq!(generated(true).await, config(true.into()));
}
