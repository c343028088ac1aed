//! Timeouts of every kind, as a block and as an attribute.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, IdentityAttribute, IdentitySchema, Schema};
use tfplugin::testing::Client;
use tfplugin::{
    Action, Actions, Attr, Change, Context, DataSource, DataSources, Diagnostics, EphemeralResource,
    EphemeralResources, ListResource, ListResources, Listing, Opened, Progress, Provider, Resource,
    Resources, Timeouts, Type, Value,
};

use crate::example::object;

/// Everything in it takes for ever.
struct Slow;

const NAME: &str = "slow_thing";

impl Provider for Slow {
    type Config = ();
    type Client = ();

    fn resources(&self) -> Resources {
        Resources::new().with(Slow)
    }

    fn data_sources(&self) -> DataSources {
        DataSources::new().with(Slow)
    }

    fn ephemeral_resources(&self) -> EphemeralResources {
        EphemeralResources::new().with(Slow)
    }

    fn list_resources(&self) -> ListResources {
        ListResources::new().with(Slow)
    }

    fn actions(&self) -> Actions {
        Actions::new().with(Slow)
    }
}

#[derive(Deserialize, Serialize)]
struct Model {
    id: Attr<String>,
    timeouts: Timeouts,
}

#[derive(Deserialize)]
struct Config {
    timeouts: Timeouts,
}

async fn wait<T>(timeouts: &Timeouts, operation: &str, context: &Context) -> Result<T, Diagnostics> {
    let limit = timeouts.get(operation, Duration::from_secs(600));
    context.within(limit, std::future::pending()).await
}

fn schema() -> Schema {
    Schema::new("Slow.").attribute(Attribute::string("id").computed())
}

impl Resource for Slow {
    type Model = Model;

    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> Schema {
        schema().block(Timeouts::block(["create"]))
    }

    async fn create(
        &self,
        planned: Model,
        _: &mut Change<Model>,
        context: &Context,
    ) -> Result<Model, Diagnostics> {
        wait(&planned.timeouts, "create", context).await
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([IdentityAttribute::required("id", Type::String)]))
    }
}

impl DataSource for Slow {
    type Config = Model;
    type State = Model;

    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> Schema {
        schema().attribute(Timeouts::attribute(["read"]))
    }

    async fn read(&self, config: Model, context: &Context) -> Result<Model, Diagnostics> {
        wait(&config.timeouts, "read", context).await
    }
}

impl EphemeralResource for Slow {
    type Config = Model;
    type State = Model;

    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> Schema {
        schema().block(Timeouts::block(["open"]))
    }

    async fn open(&self, config: Model, context: &Context) -> Result<Opened<Model>, Diagnostics> {
        wait(&config.timeouts, "open", context).await
    }
}

impl ListResource for Slow {
    type Config = Config;
    type Model = Model;

    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> Schema {
        Schema::new("").attribute(Timeouts::attribute(["list"]))
    }

    async fn list(&self, config: Config, _: &Listing<Model>, context: &Context) -> Result<(), Diagnostics> {
        wait(&config.timeouts, "list", context).await
    }
}

impl Action for Slow {
    type Config = Config;

    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> Schema {
        Schema::new("").block(Timeouts::block(["invoke"]))
    }

    async fn invoke(&self, config: Config, _: &Progress, context: &Context) -> Result<(), Diagnostics> {
        wait(&config.timeouts, "invoke", context).await
    }
}

fn config(operation: &str, timeout: &str) -> Value {
    object([("timeouts", object([(operation, timeout.into())]))])
}

#[tokio::test]
async fn every_kind_has_timeouts_as_a_block_or_as_an_attribute() {
    tfplugin::check(&Slow).unwrap();
    let client = Client::in_process(Slow).await.unwrap();
    let failed = [
        client.apply(NAME, None, config("create", "10ms")).await.unwrap_err(),
        client.read_data_source(NAME, config("read", "10ms")).await.unwrap_err(),
        client.open(NAME, config("open", "10ms")).await.unwrap_err(),
        client.list(NAME, config("list", "10ms"), 1).await.unwrap_err(),
        client.invoke_action(NAME, config("invoke", "10ms"), |_| {}).await.unwrap_err(),
    ];
    for failed in failed {
        let text = "Operation timed out: It was not complete after 10ms. Raise its timeout.";
        assert_eq!(failed.to_string(), text);
    }
    let wrong = [
        client.plan(NAME, None, config("create", "soon")).await.unwrap_err(),
        client.read_data_source(NAME, config("read", "soon")).await.unwrap_err(),
    ];
    for wrong in wrong {
        assert!(wrong.to_string().contains("must be a length of time such as 90s"), "{wrong}");
    }
}
