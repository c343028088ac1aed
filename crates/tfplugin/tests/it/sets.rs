//! Plans of sets. Elements of sets have no keys, so the planner matches them by value.

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Nesting, Schema};
use tfplugin::testing::{Client, State};
use tfplugin::{Attr, Change, Context, Diagnostics, Provider, Resource, Resources, Value};

use crate::example::object;

struct Farm;

impl Provider for Farm {
    type Config = ();
    type Client = ();

    fn resources(&self) -> Resources {
        Resources::new().with(Disks)
    }
}

struct Disks;

#[derive(Clone, Deserialize, Serialize)]
struct Model {
    disks: Vec<Disk>,
    spare: Attr<Vec<Disk>>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Disk {
    name: String,
    size: Attr<String>,
    id: Attr<String>,
    etag: Attr<String>,
}

impl Disk {
    fn made(mut self) -> Disk {
        let made = format!("{} {}", self.name, self.size.as_deref().unwrap_or_default());
        for part in [&mut self.id, &mut self.etag] {
            if part.is_unknown() {
                *part = Attr::Known(made.clone());
            }
        }
        self
    }
}

fn made(planned: Model) -> Model {
    let all = |disks: Vec<Disk>| disks.into_iter().map(Disk::made).collect();
    Model { disks: all(planned.disks), spare: planned.spare.map(all) }
}

impl Resource for Disks {
    type Model = Model;

    fn name(&self) -> &'static str {
        "farm_disks"
    }

    fn schema(&self) -> Schema {
        let disk = || {
            [
                Attribute::string("name").required().requires_replace(),
                Attribute::string("size").default_value("small"),
                Attribute::string("id").computed().use_state_for_unknown(),
                Attribute::string("etag").computed(),
            ]
        };
        let spare = Value::List(vec![object([("name", "spare".into())])]);
        Schema::new("Disks of a machine.")
            .attribute(Attribute::nested("disks", Nesting::Set, disk()).required())
            .attribute(Attribute::nested("spare", Nesting::Set, disk()).default_value(spare))
    }

    async fn create(&self, planned: Model, _: &mut Change<Model>, _: &Context) -> Result<Model, Diagnostics> {
        Ok(made(planned))
    }

    async fn update(
        &self,
        _: Model,
        planned: Model,
        _: &mut Change<Model>,
        _: &Context,
    ) -> Result<Model, Diagnostics> {
        Ok(made(planned))
    }
}

/// A disk by its name, or name and size, as a configuration has it.
fn disk(text: &str) -> Value {
    let (name, size) = text.split_once(' ').map_or((text, Value::Null), |(name, size)| (name, size.into()));
    object([("name", name.into()), ("size", size)])
}

fn disks(texts: &[&str]) -> Value {
    object([("disks", Value::List(texts.iter().copied().map(disk).collect()))])
}

/// A disk as it is planned. The provider names it after what it was when it was made.
fn planned(text: &str, id: Value, etag: Value) -> Value {
    let (name, size) = text.split_once(' ').unwrap();
    object([("name", name.into()), ("size", size.into()), ("id", id), ("etag", etag)])
}

fn kept(text: &str, id: &str) -> Value {
    planned(text, id.into(), Value::UNKNOWN)
}

fn new(text: &str) -> Value {
    planned(text, Value::UNKNOWN, Value::UNKNOWN)
}

async fn unchanged(client: &Client, state: &State, config: Value) {
    let planned = client.plan("farm_disks", Some(state), config).await.unwrap();
    assert_eq!((planned.value, planned.requires_replace), (state.value.clone(), Vec::new()));
}

/// From one configuration to another, each of which then has nothing to change.
#[track_caller]
fn check(before: &[&str], after: &[&str], expected: Vec<Value>, is_replaced: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Client::in_process(Farm).await.unwrap();
        let state = client.apply("farm_disks", None, disks(before)).await.unwrap();
        unchanged(&client, &state, disks(before)).await;
        let planned = client.plan("farm_disks", Some(&state), disks(after)).await.unwrap();
        assert_eq!(planned.value.get("disks"), Some(&Value::set(expected)));
        assert_eq!(!planned.requires_replace.is_empty(), is_replaced, "{:?}", planned.requires_replace);
        let state = client.apply("farm_disks", Some(&state), disks(after)).await.unwrap();
        unchanged(&client, &state, disks(after)).await;
    });
}

#[test]
fn a_value_that_is_no_longer_configured_is_the_default() {
    let expected = vec![kept("a small", "a large"), kept("b small", "b small")];
    check(&["a large", "b"], &["a", "b"], expected, false);
}

#[test]
fn an_element_that_differs_in_what_is_configured_is_another() {
    check(&["a", "b"], &["a", "b large"], vec![kept("a small", "a small"), new("b large")], false);
    check(&["a", "b"], &["a", "c"], vec![kept("a small", "a small"), new("c small")], true);
}

#[test]
fn neighbours_that_differ_in_a_default_are_told_apart() {
    check(&["a", "a large"], &["a"], vec![kept("a small", "a small")], true);
    check(&["a large"], &["a", "a large"], vec![new("a small"), kept("a large", "a large")], true);
}

#[tokio::test]
async fn what_is_computed_in_a_default_is_computed() {
    let client = Client::in_process(Farm).await.unwrap();
    let state = client.apply("farm_disks", None, disks(&["a"])).await.unwrap();
    let made = planned("spare small", "spare small".into(), "spare small".into());
    assert_eq!(state.value.get("spare"), Some(&Value::set([made])));
}
