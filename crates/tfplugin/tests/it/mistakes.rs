//! The mistakes that a newcomer makes, and the sentence that ends each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Block, IdentityAttribute, IdentitySchema, NestedBlock, Nesting, Schema};
use tfplugin::testing::Client;
use tfplugin::{
    Attr, Change, Context, DataSource, DataSources, Diagnostic, Diagnostics, Function, Functions, Parameter,
    Provider, Resource, Resources, Signature, Type,
};

use crate::example::object;

/// A provider of one data source, with this name, schema and model.
struct One<M> {
    address: &'static str,
    name: &'static str,
    schema: fn() -> Schema,
    model: std::marker::PhantomData<fn() -> M>,
}

impl<M> Clone for One<M> {
    fn clone(&self) -> Self {
        One { ..*self }
    }
}

impl<M: for<'de> Deserialize<'de> + Serialize + Send + Sync + 'static> Provider for One<M> {
    type Config = ();
    type Client = ();

    fn address(&self) -> Option<&str> {
        Some(self.address)
    }

    fn data_sources(&self) -> DataSources {
        DataSources::new().with(self.clone())
    }
}

impl<M: for<'de> Deserialize<'de> + Serialize + Send + Sync + 'static> DataSource for One<M> {
    type Config = M;
    type State = M;

    fn name(&self) -> &str {
        self.name
    }

    fn schema(&self) -> Schema {
        (self.schema)()
    }

    async fn read(&self, config: M, _: &Context) -> Result<M, Diagnostics> {
        Ok(config)
    }
}

fn found(provider: &impl Provider) -> Vec<String> {
    let found = tfplugin::check(provider).err().unwrap_or_default();
    found.iter().map(|each| each.detail().to_owned()).collect()
}

fn one<M>(name: &'static str, schema: fn() -> Schema) -> One<M> {
    One { address: "example.com/me/new", name, schema, model: std::marker::PhantomData }
}

/// What `check` says of a data source with this schema and this model.
#[track_caller]
fn check<M: for<'de> Deserialize<'de> + Serialize + Send + Sync + 'static>(
    schema: fn() -> Schema,
    sentences: &[&str],
) {
    let sentences: Vec<_> =
        sentences.iter().map(|sentence| format!("{sentence}. This is a bug in the provider.")).collect();
    assert_eq!(found(&one::<M>("new_thing", schema)), sentences);
}

#[derive(Deserialize, Serialize)]
struct Typed {
    name: u32,
    size: Option<String>,
    tags: BTreeMap<String, String>,
    rule: Rule,
}

#[derive(Deserialize, Serialize)]
struct Rule {
    port: u16,
}

#[test]
fn a_field_of_another_type_is_named_with_both() {
    let schema = || {
        Schema::new("")
            .attribute(Attribute::string("name").required())
            .attribute(Attribute::number("size").optional())
            .attribute(Attribute::list("tags", Type::String).required())
            .block(NestedBlock::list("rule", Block::new().attribute(Attribute::number("port").required())))
    };
    let of = |field: &str, problem: &str| {
        let model = "The model of the data source `new_thing` does not fit its schema";
        format!("{model}: the field of `{field}` is of another type: expected {problem}")
    };
    let sentences = [
        of("name", "a whole number from 0 to 4294967295, found a string"),
        of("rule", "an object, found a list"),
        of("size", "a string, found 1"),
        of("tags", "a map, found a list"),
    ];
    check::<Typed>(schema, &sentences.each_ref().map(String::as_str));
}

#[derive(Deserialize, Serialize)]
struct Many {
    rule: Vec<Rule>,
    limit: Limit,
}

#[derive(Deserialize, Serialize)]
struct Limit {
    size: u32,
    unit: String,
}

#[test]
fn a_field_that_cannot_be_null_is_named_where_the_attribute_may_be_left_out() {
    let schema = || {
        let port = [Attribute::number("port").optional()];
        let limit = Block::new()
            .attribute(Attribute::number("size").required())
            .attribute(Attribute::string("unit").computed());
        Schema::new("")
            .attribute(Attribute::nested("rule", Nesting::List, port).required())
            .block(NestedBlock::single("limit", limit).required())
    };
    let model = "The model of the data source `new_thing` does not fit its schema";
    let optional = format!(
        "{model}: `rule.port` is not required and may be null; make its field an `Option` or an `Attr`"
    );
    let computed =
        format!("{model}: `limit.unit` is computed and may be null; make its field an `Option` or an `Attr`");
    check::<Many>(schema, &[&optional, &computed]);
    let schema = || {
        let port = [Attribute::number("port").required()];
        let limit = Block::new()
            .attribute(Attribute::number("size").required())
            .attribute(Attribute::string("unit").required());
        Schema::new("")
            .attribute(Attribute::nested("rule", Nesting::List, port).required())
            .block(NestedBlock::single("limit", limit))
    };
    let block =
        format!("{model}: the block `limit` may be left out; make its field an `Option` or an `Attr`");
    check::<Many>(schema, &[&block]);
}

#[derive(Deserialize, Serialize)]
struct Named {
    naem: String,
}

#[test]
fn a_field_without_an_attribute_is_told_the_attribute_that_was_meant() {
    let schema = || Schema::new("").attribute(Attribute::string("name").required());
    let sentence = "The model of the data source `new_thing` does not fit its schema: naem: the model has a field `naem`, and the \
                    schema has no such attribute; did you mean `name`?";
    check::<Named>(schema, &[sentence]);
}

#[test]
fn an_attribute_that_nobody_sets_is_named() {
    let schema = || Schema::new("").attribute(Attribute::string("naem"));
    let sentence = "The data source `new_thing` is not as it has to be: naem: an attribute is required, optional or computed";
    let may_be_null = "The model of the data source `new_thing` does not fit its schema: `naem` is not required and may be null; \
                       make its field an `Option` or an `Attr`";
    check::<Named>(schema, &[sentence, may_be_null]);
}

#[test]
fn a_name_by_which_terraform_looks_for_another_provider_is_named() {
    let schema = || Schema::new("").attribute(Attribute::string("naem").required());
    let sentence = "The name of the data source `thing` does not begin with `new_`, so that Terraform would look for another \
                    provider. This is a bug in the provider.";
    assert_eq!(found(&one::<Named>("thing", schema)), [sentence]);
    assert_eq!(found(&one::<Named>("newer_thing", schema)).len(), 1);
    assert_eq!(found(&one::<Named>("new", schema)), [""; 0]);
}

struct Twice;

impl Provider for Twice {
    type Config = ();
    type Client = ();

    fn resources(&self) -> Resources {
        Resources::new().with(Anonymous).with(Anonymous)
    }

    fn functions(&self) -> Functions {
        Functions::new().with(Sum)
    }
}

/// Computes what its model has no place for, and has an identity that it does not tell.
struct Anonymous;

#[derive(Deserialize, Serialize)]
struct AnonymousModel {
    id: Option<String>,
}

impl Resource for Anonymous {
    type Model = AnonymousModel;

    fn name(&self) -> &'static str {
        "twice_thing"
    }

    fn schema(&self) -> Schema {
        Schema::new("").attribute(Attribute::string("id").computed())
    }

    async fn create(
        &self,
        _: AnonymousModel,
        _: &mut Change<AnonymousModel>,
        _: &Context,
    ) -> Result<AnonymousModel, Diagnostics> {
        Ok(AnonymousModel { id: Some("1".into()) })
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([IdentityAttribute::required("id", Type::String)]))
    }
}

struct Sum;

impl Function for Sum {
    type Arguments = (i64, i64);
    type Output = i64;

    fn name(&self) -> &'static str {
        "sum"
    }

    fn signature(&self) -> Signature {
        let numbers = ["a", "b", "c"].map(|name| Parameter::new(name, Type::Number));
        numbers.into_iter().fold(Signature::new("Adds.", Type::Number), Signature::parameter)
    }

    async fn call(&self, (a, b): (i64, i64), _: &Context) -> Result<i64, Diagnostics> {
        Ok(a + b)
    }
}

#[test]
fn what_is_registered_twice_computed_without_a_place_or_called_otherwise_is_named() {
    let model = "does not fit its schema";
    let sentences = [
        "Two resources of the provider are called `twice_thing`.".to_owned(),
        format!(
            "The model of the function `sum` {model}: it takes 3 parameters, and its arguments are a tuple of 2."
        ),
        format!(
            "The model of the resource `twice_thing` {model}: there is no place for an unknown `id`; make its field an `Attr`."
        ),
    ];
    assert_eq!(found(&Twice), sentences.map(|sentence| sentence + " This is a bug in the provider."));
}

/// Leaves what it computes unknown, and does not tell its identity.
struct Nameless;

#[derive(Deserialize, Serialize)]
struct NamelessModel {
    id: Attr<String>,
}

impl Provider for Nameless {
    type Config = ();
    type Client = ();

    fn resources(&self) -> Resources {
        Resources::new().with(Nameless)
    }
}

impl Resource for Nameless {
    type Model = NamelessModel;

    fn name(&self) -> &'static str {
        "nameless_thing"
    }

    fn schema(&self) -> Schema {
        Resource::schema(&Anonymous)
    }

    async fn create(
        &self,
        planned: NamelessModel,
        _: &mut Change<NamelessModel>,
        _: &Context,
    ) -> Result<NamelessModel, Diagnostics> {
        Ok(planned)
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Resource::identity_schema(&Anonymous)
    }
}

#[tokio::test]
async fn an_object_that_is_not_told_or_not_known_is_named() {
    let client = Client::in_process(Nameless).await.unwrap();
    let planned = client.plan("nameless_thing", None, object([])).await.unwrap();
    let (failed, _) = client.apply_planned("nameless_thing", None, planned, object([])).await.unwrap_err();
    let details: Vec<_> = failed.iter().map(Diagnostic::detail).collect();
    let nameless = "`nameless_thing` has an `identity_schema`, and its `identity` gives null. This is a bug in the provider.";
    assert!(details.contains(&nameless), "{details:#?}");
    assert!(failed.to_string().contains("Provider returned an unknown value (id)"), "{failed}");
}
