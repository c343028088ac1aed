//! The state of an object whose creation failed half way.

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Block, IdentityAttribute, IdentitySchema, NestedBlock, Schema};
use tfplugin::testing::Client;
use tfplugin::{
    Attr, Change, Context, Diagnostic, Diagnostics, Provider, Resource, Resources, Type, Value, to_value,
};

use crate::example::object;

struct Careless;

impl Provider for Careless {
    type Config = ();
    type Client = ();

    fn schema(&self) -> Schema {
        Schema::new("A provider that forgets things.")
    }

    async fn configure(&self, (): (), _: &Context) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn resources(&self) -> Resources {
        Resources::new().with(Server)
    }
}

struct Server;

#[derive(Deserialize, Serialize)]
struct ServerModel {
    how: String,
    id: Attr<String>,
    address: Attr<String>,
    #[serde(skip_serializing)]
    #[expect(dead_code, reason = "read from a state that must have it, and left out of every result")]
    rules: Vec<Rule>,
}

#[derive(Deserialize, Serialize)]
struct Rule {
    port: u16,
}

impl Resource for Server {
    type Model = ServerModel;

    fn name(&self) -> &'static str {
        "careless_server"
    }

    fn schema(&self) -> Schema {
        let required = |name: &str| Block::new().attribute(Attribute::number(name).required());
        Schema::new("A server.")
            .attribute(Attribute::string("how").required())
            .attribute(Attribute::string("id").computed())
            .attribute(Attribute::string("address").computed())
            .block(NestedBlock::list("rules", required("port")))
            .block(NestedBlock::group("disk", required("size")))
    }

    async fn create(
        &self,
        planned: ServerModel,
        change: &mut Change<ServerModel>,
        _: &Context,
    ) -> Result<ServerModel, Diagnostics> {
        let mut made = ServerModel { id: "1".into(), ..planned };
        if made.how == "saves" {
            change.set_state(&made)?;
            return Err(Diagnostic::error("No address", "").into());
        }
        if made.how != "forgets" {
            made.address = "192.0.2.1".into();
        }
        Ok(made)
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([IdentityAttribute::required("id", Type::String)]))
    }

    fn identity(&self, state: &ServerModel) -> Result<Value, Diagnostics> {
        if state.how == "cannot tell" {
            return Err(Diagnostic::error("No identity", "").into());
        }
        Ok(object([("id", to_value(&state.id)?)]))
    }
}

/// Creates one, which fails with this text and leaves this address.
async fn check(how: &str, text: &str, address: Value) {
    let client = Client::in_process(Careless).await.unwrap();
    let config = object([("how", how.into())]);
    let planned = client.plan("careless_server", None, config.clone()).await.unwrap();
    let (errors, kept) = client.apply_planned("careless_server", None, planned, config).await.unwrap_err();
    assert_eq!(errors.to_string(), text);
    let kept = kept.unwrap().value;
    assert_eq!((kept.get("id"), kept.get("address")), (Some(&"1".into()), Some(&address)));
}

#[tokio::test]
async fn what_was_saved_before_all_was_known_leads_back_to_the_object() {
    check("saves", "No address", Value::Null).await;
}

#[tokio::test]
async fn an_object_that_was_made_is_kept_though_its_state_has_a_hole() {
    let text = "Provider returned an unknown value (address): The provider has not said what `address` is. This is a bug in the \
                provider.";
    check("forgets", text, Value::Null).await;
}

#[tokio::test]
async fn an_object_that_was_made_is_kept_though_it_cannot_be_identified() {
    check("cannot tell", "No identity", "192.0.2.1".into()).await;
}

#[tokio::test]
async fn blocks_that_a_model_leaves_out_or_that_are_new_in_the_schema_are_empty() {
    let client = Client::in_process(Careless).await.unwrap();
    let made = client.apply("careless_server", None, object([("how", "well".into())])).await.unwrap();
    let disk = object([("size", Value::Null)]);
    assert_eq!(
        (made.value.get("rules"), made.value.get("disk")),
        (Some(&Value::List(Vec::new())), Some(&disk))
    );
    let stored = r#"{"how":"well","id":"1","address":"192.0.2.1"}"#;
    assert_eq!(client.upgrade("careless_server", 0, stored).await.unwrap(), made.value);
}
