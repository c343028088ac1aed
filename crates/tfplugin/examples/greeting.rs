//! The provider of the README, one data source, and its test.

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Context, DataSource, DataSources, Diagnostics, Provider};

struct Example;

#[derive(Deserialize)]
struct ExampleConfig {
    language: Option<String>,
}

impl Provider for Example {
    type Config = ExampleConfig;
    type Client = String;

    fn schema(&self) -> Schema {
        Schema::new("Greets.")
            .attribute(Attribute::string("language").optional().description("`en` or `de`."))
    }

    async fn configure(&self, config: ExampleConfig, _: &Context) -> Result<String, Diagnostics> {
        Ok(if config.language.as_deref() == Some("de") { "Hallo" } else { "Hello" }.to_owned())
    }

    fn data_sources(&self) -> DataSources<String> {
        DataSources::new().with(Greeting)
    }
}

struct Greeting;

#[derive(Deserialize, Serialize)]
struct GreetingModel {
    name: String,
    text: Option<String>,
}

impl DataSource<String> for Greeting {
    type Config = GreetingModel;
    type State = GreetingModel;

    fn name(&self) -> &'static str {
        "example_greeting"
    }

    fn schema(&self) -> Schema {
        Schema::new("A greeting.")
            .attribute(Attribute::string("name").required().description("Whom to greet."))
            .attribute(Attribute::string("text").computed().description("The greeting."))
    }

    async fn read(
        &self,
        config: GreetingModel,
        context: &Context<String>,
    ) -> Result<GreetingModel, Diagnostics> {
        let text = format!("{}, {}!", context.client(), config.name);
        Ok(GreetingModel { text: Some(text), ..config })
    }
}

fn main() -> std::process::ExitCode {
    tfplugin::serve(Example)
}

#[cfg(test)]
mod tests {
    use tfplugin::testing::Client;
    use tfplugin::{Diagnostics, Value, check};

    use super::Example;

    #[tokio::test]
    async fn it_greets() -> Result<(), Diagnostics> {
        check(&Example)?;
        let client = Client::in_process(Example).await?;
        client.configure(Value::object([("language", "de".into())])).await?;
        let config = Value::object([("name", "Welt".into())]);
        let state = client.read_data_source("example_greeting", config).await?;
        assert_eq!(state.get("text"), Some(&"Hallo, Welt!".into()));
        Ok(())
    }
}
