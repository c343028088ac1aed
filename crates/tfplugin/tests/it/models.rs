//! Conversion between configurations, models and states: it keeps values that a model cannot hold, and reports all errors at
//! once.

use serde::{Deserialize, Serialize};
use tfplugin::acceptance::Workspace;
use tfplugin::schema::{Attribute, Block, NestedBlock, Nesting, Schema};
use tfplugin::testing::Client;
use tfplugin::validators::{
    at_least_items, between, conflicting, each, exactly_one_of, length, one_of, unique,
};
use tfplugin::{
    Attr, Change, Context, DataSource, DataSources, Diagnostics, Plan, Provider, Resource, Resources,
    Timeouts, Type, Value, semantic,
};

use crate::example::object;
use crate::terraform::{require, terraform};

struct Shop;

impl Provider for Shop {
    type Config = ();
    type Client = ();

    fn data_sources(&self) -> DataSources {
        DataSources::new().with(Price)
    }

    fn resources(&self) -> Resources {
        Resources::new().with(Scale).with(Blind).with(Flat)
    }
}

/// Holds floats, and names only a part of its schema.
struct Scale;

#[derive(Clone, Deserialize, Serialize)]
struct ScaleModel {
    ratio: Attr<f64>,
    single: Attr<f32>,
    policy: Attr<String>,
    timeouts: Timeouts,
    id: Attr<String>,
}

impl Resource for Scale {
    type Model = ScaleModel;

    fn name(&self) -> &'static str {
        "shop_scale"
    }

    fn schema(&self) -> Schema {
        Schema::new("A scale.")
            .attribute(Attribute::number("ratio").required())
            .attribute(Attribute::number("single").optional())
            .attribute(Attribute::string("policy").optional().semantic_equality(semantic::Json))
            .attribute(Attribute::string("colour").optional())
            .attribute(Attribute::string("id").computed().use_state_for_unknown())
            .block(Timeouts::block(["create"]))
    }

    /// Changes something of every plan, so that it is written anew.
    async fn plan(&self, plan: Plan<'_, ScaleModel>, _: &Context) -> Result<(), Diagnostics> {
        if let Some(planned) = plan.into_planned().filter(|planned| planned.id.is_unknown()) {
            planned.id = Attr::Known("scale".into());
        }
        Ok(())
    }

    async fn create(
        &self,
        planned: ScaleModel,
        _: &mut Change<ScaleModel>,
        _: &Context,
    ) -> Result<ScaleModel, Diagnostics> {
        // As a service does that stores JSON in a form of its own.
        Ok(ScaleModel { policy: planned.policy.map(|policy| policy.replace(' ', "")), ..planned })
    }

    async fn update(
        &self,
        _: ScaleModel,
        planned: ScaleModel,
        _: &mut Change<ScaleModel>,
        _: &Context,
    ) -> Result<ScaleModel, Diagnostics> {
        Ok(planned)
    }
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

const THIRD: &str = "0.33333333333333333333333333333333333333333333333333";

#[tokio::test]
async fn a_resource_keeps_what_its_model_cannot_hold() {
    let client = Client::in_process(Shop).await.unwrap();
    let config = |colour: &str| {
        object([
            ("ratio", number(THIRD)),
            ("single", number(THIRD)),
            ("policy", r#"{ "a": 1 }"#.into()),
            ("colour", colour.into()),
            ("timeouts", object([("create", "90s".into())])),
        ])
    };
    let state = client.apply("shop_scale", None, config("blue")).await.unwrap();
    for (name, expected) in [("ratio", number(THIRD)), ("single", number(THIRD)), ("colour", "blue".into())] {
        assert_eq!(state.value.get(name), Some(&expected));
    }
    assert_eq!(state.value.get("policy"), Some(&r#"{ "a": 1 }"#.into()));
    let unchanged = client.plan("shop_scale", Some(&state), config("blue")).await.unwrap();
    assert_eq!(unchanged.value, state.value);
    let refreshed = client.refresh("shop_scale", &state).await.unwrap().unwrap();
    assert_eq!(refreshed.value, state.value);
    let state = client.apply("shop_scale", Some(&state), config("red")).await.unwrap();
    assert_eq!(state.value.get("colour"), Some(&"red".into()));
}

#[tokio::test]
async fn a_number_beyond_a_float_is_rejected_with_its_path() {
    let client = Client::in_process(Shop).await.unwrap();
    let config = object([("ratio", number("1e400")), ("single", number("1e39"))]);
    let rejected = client.validate_resource("shop_scale", config).await.unwrap_err();
    let text = "Invalid configuration (ratio): The number does not fit a 64-bit float.\n\
                Invalid configuration (single): The number does not fit a 32-bit float.";
    assert_eq!(rejected.to_string(), text);
}

/// Its plan cannot see an unknown name.
struct Blind;

#[derive(Clone, Deserialize, Serialize)]
struct BlindModel {
    name: String,
    size: Attr<String>,
    sise: Option<String>,
}

impl Resource for Blind {
    type Model = BlindModel;

    fn name(&self) -> &'static str {
        "shop_blind"
    }

    fn schema(&self) -> Schema {
        Schema::new("Sizes by name.")
            .attribute(Attribute::string("name").required())
            .attribute(Attribute::string("size").default_value("small"))
            .attribute(Attribute::string("sise").optional())
    }

    async fn plan(&self, plan: Plan<'_, BlindModel>, _: &Context) -> Result<(), Diagnostics> {
        if let Some(planned) = plan.into_planned().filter(|planned| planned.name.starts_with("db")) {
            planned.size = Attr::Known("large".into());
        }
        Ok(())
    }

    async fn create(
        &self,
        planned: BlindModel,
        _: &mut Change<BlindModel>,
        _: &Context,
    ) -> Result<BlindModel, Diagnostics> {
        Ok(planned)
    }
}

#[tokio::test]
async fn a_plan_that_cannot_see_what_is_unknown_is_found() {
    let found = tfplugin::check(&Shop).unwrap_err().to_string();
    let unfit =
        "The model of the resource `shop_blind` does not fit its schema: there is no place for an unknown";
    for name in ["name", "sise"] {
        assert!(found.contains(&format!("{unfit} `{name}`; make its field an `Attr`.")), "{found}");
    }
    assert!(!found.contains("shop_scale"), "{found}");
    let client = Client::in_process(Shop).await.unwrap();
    let inconsistent = "Provider produced inconsistent final plan (size): It was planned otherwise while something was unknown: \
                        planned \"small\", now \"large\".";
    let planned = client.plan("shop_blind", None, object([("name", "db".into())])).await.unwrap_err();
    assert_eq!(planned.to_string(), format!("{inconsistent} `name` was unknown then."));
    let early = client.plan("shop_blind", None, object([("name", Value::UNKNOWN)])).await.unwrap();
    let (errors, _) =
        client.apply_planned("shop_blind", None, early, object([("name", "db".into())])).await.unwrap_err();
    assert_eq!(errors.to_string(), inconsistent);
    assert!(client.plan("shop_blind", None, object([("name", "web".into())])).await.is_ok());
}

/// Keeps half of its attributes in another struct.
struct Flat;

#[derive(Deserialize, Serialize)]
struct FlatModel {
    name: Attr<String>,
    #[serde(flatten)]
    details: Details,
}

#[derive(Deserialize, Serialize)]
struct Details {
    size: Attr<u32>,
    id: Attr<String>,
}

impl Resource for Flat {
    type Model = FlatModel;

    fn name(&self) -> &'static str {
        "shop_flat"
    }

    fn schema(&self) -> Schema {
        Schema::new("Flattens.")
            .attribute(Attribute::string("name").required())
            .attribute(Attribute::number("size").optional())
            .attribute(Attribute::string("colour").optional())
            .attribute(Attribute::string("id").computed())
    }

    async fn plan(&self, plan: Plan<'_, FlatModel>, _: &Context) -> Result<(), Diagnostics> {
        if let Some(planned) = plan.into_planned() {
            planned.details.id = planned.name.clone();
        }
        Ok(())
    }

    async fn create(
        &self,
        planned: FlatModel,
        _: &mut Change<FlatModel>,
        _: &Context,
    ) -> Result<FlatModel, Diagnostics> {
        Ok(planned)
    }
}

#[tokio::test]
async fn a_flattened_model_keeps_the_attributes_that_it_does_not_name() {
    let client = Client::in_process(Shop).await.unwrap();
    let config = object([("name", "a".into()), ("size", 3.into()), ("colour", "red".into())]);
    let made = client.apply("shop_flat", None, config).await.unwrap();
    let expected =
        object([("name", "a".into()), ("size", 3.into()), ("colour", "red".into()), ("id", "a".into())]);
    assert_eq!(made.value, expected);
    assert_eq!(client.refresh("shop_flat", &made).await.unwrap().unwrap().value, expected);
}

/// Checked in every way, and returns what it is told to.
struct Price;

#[derive(Deserialize)]
#[expect(dead_code, reason = "there to be checked")]
struct PriceConfig {
    name: String,
    level: Option<Level>,
    port: u16,
    amount: Option<f64>,
    zones: Option<Vec<String>>,
    tags: Option<std::collections::BTreeMap<String, String>>,
    set: Option<Vec<String>>,
    rule: Vec<RuleConfig>,
    secret: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    High,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "there to be checked")]
struct RuleConfig {
    port: u16,
    from: Option<String>,
    to: Option<String>,
    nest: Option<Vec<NestConfig>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "there to be checked")]
struct NestConfig {
    port: u16,
}

#[derive(Serialize)]
struct PriceState {
    name: String,
    port: u16,
    level: Option<&'static str>,
    amount: Option<f64>,
}

impl DataSource for Price {
    type Config = PriceConfig;
    type State = PriceState;

    fn name(&self) -> &'static str {
        "shop_price"
    }

    fn schema(&self) -> Schema {
        let nest = [Attribute::number("port").required()];
        let rule = Block::new()
            .attribute(Attribute::number("port").required().validate(between(1, 1_000)))
            .attribute(Attribute::string("from").optional())
            .attribute(Attribute::string("to").optional())
            .attribute(Attribute::nested("nest", Nesting::List, nest).optional().validate(at_least_items(1)))
            .validate(conflicting(["from", "to"]));
        Schema::new("A price.")
            .attribute(Attribute::string("name").required().validate(length(2..=5)))
            .attribute(Attribute::string("level").optional())
            .attribute(Attribute::number("port").required())
            .attribute(Attribute::number("amount").optional())
            .attribute(
                Attribute::list("zones", Type::String)
                    .optional()
                    .validate(unique())
                    .validate(each(length(1..))),
            )
            .attribute(Attribute::map("tags", Type::String).optional().validate(each(one_of(["a", "b"]))))
            .attribute(Attribute::set("set", Type::String).optional().validate(each(length(1..=1))))
            .attribute(Attribute::string("secret").optional().sensitive().validate(length(8..)))
            .block(NestedBlock::list("rule", rule))
            .validate(exactly_one_of(["zones", "rule"]))
    }

    async fn read(&self, config: PriceConfig, _: &Context) -> Result<PriceState, Diagnostics> {
        let name = if config.name == "bad" { "other".into() } else { config.name };
        let level = config.level.map(|level| if matches!(level, Level::Low) { "low" } else { "high" });
        Ok(PriceState { name, port: config.port, level, amount: config.amount })
    }
}

async fn price(parts: &[(&str, Value)]) -> Result<Value, Vec<String>> {
    let client = Client::in_process(Shop).await.unwrap();
    let mut config = vec![("name", Value::from("abc")), ("port", 1.into())];
    config.retain(|(name, _)| parts.iter().all(|(given, _)| given != name));
    config.extend(parts.iter().cloned());
    let config = Value::object(config);
    let result = if config.is_wholly_known() {
        client.read_data_source("shop_price", config).await
    } else {
        client.validate_data_source("shop_price", config.clone()).await.map(|()| config)
    };
    result.map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

fn strings<const N: usize>(elements: [&str; N]) -> Value {
    Value::List(elements.map(Value::from).into())
}

#[tokio::test]
async fn everything_that_is_known_is_checked_at_once_in_the_order_of_the_schema() {
    let rule = |port: i64, nest: &[i64]| {
        let nest = nest.iter().map(|port| object([("port", (*port).into())])).collect();
        object([("port", port.into()), ("from", "a".into()), ("to", "b".into()), ("nest", Value::List(nest))])
    };
    let tags = object([("x", "a".into()), ("y", "c".into())]);
    let rejected = price(&[
        ("name", Value::UNKNOWN),
        ("level", "middle".into()),
        ("port", 70_000.into()),
        ("zones", strings(["a", "", "a"])),
        ("tags", tags),
        ("set", strings(["a", "bc"])),
        ("secret", "s3cret".into()),
        ("rule", Value::List(vec![rule(5_000, &[]), rule(1, &[1, 99_999])])),
    ])
    .await
    .unwrap_err();
    let range = "a whole number from 0 to 65535";
    let expected = [
        "Invalid value (rule): `rule` cannot be set together with `zones`.".to_owned(),
        "Invalid configuration (level): Unknown variant `middle`, expected `low` or `high`.".into(),
        format!("Invalid configuration (port): Expected {range}, found 70000."),
        "Invalid value (zones[2]): `zones[2]` is there twice.".into(),
        "Invalid value (zones[1]): `zones[1]` must be at least 1 character long, found \"\".".into(),
        "Invalid value (tags[\"y\"]): `tags[\"y\"]` must be one of \"a\", \"b\", found \"c\".".into(),
        "Invalid value (set): `set[\"bc\"]` must be 1 character long, found \"bc\".".into(),
        "Invalid value (secret): `secret` must be at least 8 characters long.".into(),
        "Invalid value (rule[0].port): `rule[0].port` must be from 1 to 1000, found 5000.".into(),
        "Invalid value (rule[0].nest): `rule[0].nest` must have at least 1 element, found 0.".into(),
        "Invalid value (rule[0].to): `rule[0].to` cannot be set together with `from`.".into(),
        "Invalid value (rule[1].to): `rule[1].to` cannot be set together with `from`.".into(),
        format!(
            "Invalid configuration (rule[1].nest[1].port): At `rule[1].nest[1].port`: expected {range}, found 99999."
        ),
    ];
    let sorted = |lines: &[String]| lines.iter().cloned().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(sorted(&rejected), sorted(&expected));
    let place = |text: &str| rejected.iter().position(|line| line.contains(text)).unwrap();
    let order =
        ["(level)", "(port)", "(zones[1])", "(tags[", "(set)", "(secret)", "(rule[0].port)", "(rule[1].nest"];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{rejected:#?}");
}

#[tokio::test]
async fn a_data_source_repeats_its_configuration() {
    let read = price(&[("amount", number(THIRD)), ("zones", strings(["a"])), ("level", "low".into())])
        .await
        .unwrap();
    assert_eq!((read.get("amount"), read.get("zones")), (Some(&number(THIRD)), Some(&strings(["a"]))));
    let rejected = price(&[("name", "bad".into()), ("zones", strings(["a"]))]).await.unwrap_err();
    let text = "Provider contradicts the configuration of a data source (name): It is not as configured: configured \"bad\", \
                returned \"other\".";
    assert_eq!(rejected, [text]);
    let neither = price(&[]).await.unwrap_err();
    assert_eq!(neither, ["Invalid value: The configuration must set exactly one of `zones`, `rule`."]);
}

fn workspace() -> Workspace {
    let workspace =
        Workspace::new(terraform()).unwrap().with_provider("example.com/tfplugin/shop", Shop).unwrap();
    require(&workspace, "shop");
    workspace
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn terraform_takes_what_a_model_cannot_hold() {
    let workspace = workspace();
    let scale = |policy: &str, colour: &str| {
        let policy =
            format!("policy = {policy:?}\n colour = {colour:?}\n timeouts {{\n create = \"1.5h30m\"\n }}\n");
        format!("resource \"shop_scale\" \"s\" {{\n ratio = 1 / 3\n single = 1 / 3\n {policy}}}\n")
    };
    workspace.write("main.tf", &scale("{ \"a\": 1 }", "blue")).unwrap();
    workspace.apply().expect_success().expect_output("1 added");
    workspace.expect_no_changes();
    // The same JSON in another form is no change, and another attribute is one in place.
    workspace.write("main.tf", &scale("{\"a\":1.0}", "blue")).unwrap();
    workspace.expect_no_changes();
    workspace.write("main.tf", &scale("{\"a\":1.0}", "red")).unwrap();
    workspace.apply().expect_success().expect_output("0 added, 1 changed, 0 destroyed");
    workspace.expect_no_changes();
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn terraform_plans_what_is_not_known_yet() {
    let workspace = workspace();
    let text = "resource \"terraform_data\" \"t\" {\n input = 1.5\n}\n\
                resource \"shop_scale\" \"s\" {\n ratio = terraform_data.t.output\n colour = \"red\"\n}\n";
    workspace.write("main.tf", text).unwrap();
    workspace.apply().expect_success().expect_output("2 added");
    workspace.expect_no_changes();
}

#[test]
#[cfg_attr(without_acceptance, ignore = "left out by TFPLUGIN_ACCEPTANCE=off")]
fn terraform_shows_all_errors_at_once() {
    let workspace = workspace();
    let text = "resource \"terraform_data\" \"t\" {\n}\n\
                data \"shop_price\" \"p\" {\n name = terraform_data.t.id\n port = 70000\n level = \"middle\"\n \
                rule {\n port = 1\n nest = [{ port = 1 }, { port = 99999 }]\n }\n}\n\
                resource \"shop_scale\" \"s\" {\n ratio = 1\n timeouts {\n create = \"soon\"\n }\n}\n";
    workspace.write("main.tf", text).unwrap();
    let error =
        workspace.validate().expect_failure().error().split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["70000", "`middle`", "`rule[0].nest[1].port`", "`timeouts.create` must be a length of time"]
    {
        assert!(error.replace("│ ", "").contains(part), "{part}: {error}");
    }
}
