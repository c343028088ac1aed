//! The provider of the README, one data source, and its test.

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::{Configured, Context, DataSource, DataSources, Diagnostics, Provider};

#[derive(Default)]
struct Example(Configured<String>);

#[derive(Deserialize)]
struct ExampleConfig {
    language: Option<String>,
}

impl Provider for Example {
    type Config = ExampleConfig;

    fn schema(&self) -> Schema {
        Schema::new("Greets.")
            .attribute(Attribute::string("language").optional().description("`en` or `de`."))
    }

    async fn configure(&self, config: ExampleConfig, _: &Context) -> Result<(), Diagnostics> {
        self.0.set(if config.language.as_deref() == Some("de") { "Hallo" } else { "Hello" }.to_owned());
        Ok(())
    }

    fn data_sources(&self) -> DataSources {
        vec![Box::new(Greeting(self.0.clone()))]
    }
}

struct Greeting(Configured<String>);

#[derive(Deserialize, Serialize)]
struct GreetingModel {
    name: String,
    text: Option<String>,
}

impl DataSource for Greeting {
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

    async fn read(&self, config: GreetingModel, _: &Context) -> Result<GreetingModel, Diagnostics> {
        let text = format!("{}, {}!", self.0.get()?, config.name);
        Ok(GreetingModel { text: Some(text), ..config })
    }
}

fn main() -> std::process::ExitCode {
    tfplugin::serve(Example::default())
}

#[cfg(test)]
mod tests {
    use tfplugin::testing::Client;
    use tfplugin::{Diagnostics, Value, check};

    use super::Example;

    #[tokio::test]
    async fn it_greets() -> Result<(), Diagnostics> {
        check(&Example::default())?;
        let client = Client::in_process(Example::default()).await?;
        client.configure(Value::object([("language", "de".into())])).await?;
        let config = Value::object([("name", "Welt".into())]);
        let state = client.read_data_source("example_greeting", config).await?;
        assert_eq!(state.get("text"), Some(&"Hallo, Welt!".into()));
        Ok(())
    }
}
