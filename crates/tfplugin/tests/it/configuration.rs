//! The provider block, and how operations read it and Terraform's version.

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::testing::Client;
use tfplugin::{
    Attr, Change, Context, DataSource, DataSources, Deferral, Diagnostic, Diagnostics, Provider, Resource,
    Resources, Value,
};

use crate::example::object;

/// A provider with a model that has no place for unknown values.
struct Greeter;

#[derive(Deserialize)]
struct Config {
    language: Option<String>,
}

impl Provider for Greeter {
    type Config = Config;
    type Client = String;

    fn schema(&self) -> Schema {
        Schema::new("Greets.").attribute(Attribute::string("language").optional())
    }

    async fn validate(&self, config: &Config, _: &Context) -> Result<(), Diagnostics> {
        let mut found = Diagnostics::new();
        if config.language.is_none() {
            found.push(Diagnostic::warning("No language", ""));
        }
        found.into_result()
    }

    async fn configure(&self, config: Config, _: &Context) -> Result<String, Diagnostics> {
        Ok(config.language.unwrap_or_default())
    }

    fn data_sources(&self) -> DataSources<String> {
        DataSources::new().with(Greeting)
    }

    fn resources(&self) -> Resources<String> {
        Resources::new().with(Greeting)
    }
}

struct Greeting;

#[derive(Clone, Deserialize, Serialize)]
struct Model {
    language: Attr<String>,
    terraform: Attr<String>,
}

impl Model {
    fn of(context: &Context<String>) -> Model {
        Model {
            language: Attr::Known(context.client().clone()),
            terraform: context.terraform_version().map_or(Attr::Null, |version| Attr::Known(version.into())),
        }
    }
}

fn model() -> Schema {
    Schema::new("What the provider knows.")
        .attribute(Attribute::string("language").computed())
        .attribute(Attribute::string("terraform").computed())
}

impl DataSource<String> for Greeting {
    type Config = Model;
    type State = Model;

    fn name(&self) -> &'static str {
        "greeter_greeting"
    }

    fn schema(&self) -> Schema {
        model()
    }

    async fn read(&self, _: Model, context: &Context<String>) -> Result<Model, Diagnostics> {
        Ok(Model::of(context))
    }
}

impl Resource<String> for Greeting {
    type Model = Model;

    fn name(&self) -> &'static str {
        "greeter_greeting"
    }

    fn schema(&self) -> Schema {
        model()
    }

    async fn create(
        &self,
        _: Model,
        _: &mut Change<Model>,
        context: &Context<String>,
    ) -> Result<Model, Diagnostics> {
        Ok(Model::of(context))
    }

    async fn delete(&self, _: Model, _: &mut Change<Model>, _: &Context<String>) -> Result<(), Diagnostics> {
        Err(Diagnostic::warning("Left where it is", "").into())
    }
}

const NAME: &str = "greeter_greeting";

async fn configured(language: impl Into<Value>) -> Client {
    let client = Client::in_process(Greeter).await.unwrap();
    client.configure(object([("language", language.into())])).await.unwrap();
    client
}

#[tokio::test]
async fn operations_work_with_what_configure_has_made() {
    let client = configured("de").await;
    let state = client.read_data_source(NAME, object([])).await.unwrap();
    assert_eq!(state.get("language"), Some(&"de".into()));
    assert_eq!(state.get("terraform"), Some(&"1.15.5".into()));
    client.configure(object([("language", "en".into())])).await.unwrap();
    let state = client.apply(NAME, None, object([])).await.unwrap();
    assert_eq!(state.value.get("language"), Some(&"en".into()));
}

/// Terraform plans with a provider block that refers to a resource which is yet to be made.
#[tokio::test]
async fn a_provider_block_that_is_not_known_yet_fails_what_needs_it_alone() {
    let client = configured(Value::UNKNOWN).await;
    client.plan(NAME, None, object([])).await.unwrap();
    let failed = client.read_data_source(NAME, object([])).await.unwrap_err();
    assert!(failed.to_string().starts_with("Provider configuration is not known yet"), "{failed}");
    client.configure(object([("language", "de".into())])).await.unwrap();
    client.read_data_source(NAME, object([])).await.unwrap();
    client.configure(object([("language", Value::UNKNOWN)])).await.unwrap();
    assert!(client.read_data_source(NAME, object([])).await.is_err());
}

#[tokio::test]
async fn a_call_before_the_configuration_says_so() {
    let client = Client::in_process(Greeter).await.unwrap();
    let failed = client.read_data_source(NAME, object([])).await.unwrap_err();
    assert!(failed.to_string().starts_with("Provider is not configured"), "{failed}");
}

#[tokio::test]
async fn warnings_alone_are_no_failure_where_there_is_no_result() {
    let client = configured(Value::Null).await;
    let warned: Vec<_> = client.take_warnings().iter().map(|each| each.summary().to_owned()).collect();
    assert_eq!(warned, ["No language"]);
    let state = client.apply(NAME, None, object([])).await.unwrap();
    client.delete(NAME, &state).await.unwrap();
    let warned: Vec<_> = client.take_warnings().iter().map(|each| each.summary().to_owned()).collect();
    assert_eq!(warned, ["Left where it is"]);
}

struct Forgetful;

impl Provider for Forgetful {
    type Config = ();
    type Client = String;
}

#[tokio::test]
async fn a_client_that_nothing_makes_is_a_bug() {
    let client = Client::in_process(Forgetful).await.unwrap();
    let failed = client.configure(object([])).await.unwrap_err();
    assert!(failed.to_string().contains("no `configure` that makes it"), "{failed}");
}

#[test]
fn a_change_is_put_off_only_where_terraform_allows_it() {
    let rejected = Context::new().defer(Deferral::AbsentPrereq).unwrap_err();
    assert!(rejected.to_string().starts_with("Change cannot be planned yet"), "{rejected}");
}
