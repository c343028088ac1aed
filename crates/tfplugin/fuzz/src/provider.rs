//! A provider with every kind and every shape of attribute, which responds at once.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tfplugin::schema::{Attribute, Block, IdentityAttribute, IdentitySchema, NestedBlock, Nesting, Schema};
use tfplugin::{
    Adopted, Action, Actions, Attr, Change, Context, DataSource, DataSources, Diagnostic, Diagnostics,
    EphemeralResource, EphemeralResources, Function, Functions, Import, MovedState, Number, Opened,
    Parameter, Plan, PrivateState, Progress, Provider, Resource, Resources, Signature, StoredState, Type,
    Value, to_value,
};

/// The provider.
#[derive(Default)]
pub struct Every;

impl Provider for Every {
    type Config = Shape;
    type Client = Shape;

    fn schema(&self) -> Schema {
        unplanned()
    }

    async fn configure(&self, config: Shape, _: &Context) -> Result<Shape, Diagnostics> {
        Ok(config)
    }

    fn data_sources(&self) -> DataSources<Shape> {
        DataSources::new().with(Typed).with(Free)
    }

    fn resources(&self) -> Resources<Shape> {
        Resources::new().with(Typed).with(Free)
    }

    fn functions(&self) -> Functions {
        Functions::new().with(Named).with(Placed)
    }

    fn ephemeral_resources(&self) -> EphemeralResources<Shape> {
        EphemeralResources::new().with(Typed).with(Free)
    }

    fn actions(&self) -> Actions<Shape> {
        Actions::new().with(Typed).with(Free)
    }
}

/// The schema of every resource: each nesting, and each thing that the runtime does for a provider.
pub fn shape() -> Schema {
    schema(true)
}

/// The schema of everything else: the same without what only a plan has.
fn unplanned() -> Schema {
    schema(false)
}

fn schema(planned: bool) -> Schema {
    let kept = |attribute: Attribute| if planned { attribute.use_state_for_unknown() } else { attribute };
    let replacing = |attribute: Attribute| if planned { attribute.requires_replace() } else { attribute };
    let default = |attribute: Attribute, value: Value| {
        if planned { attribute.default_value(value) } else { attribute.optional().computed() }
    };
    let inner = || {
        [
            Attribute::string("text").optional(),
            kept(Attribute::number("kept").optional().computed()),
            default(Attribute::bool("default"), true.into()),
            replacing(Attribute::string("replacing").optional()),
        ]
    };
    let secret = Attribute::string("secret").optional().sensitive();
    let secret = if planned { secret.write_only() } else { secret };
    let block = || inner().into_iter().fold(Block::new(), Block::attribute);
    Schema::new("")
        .version(2)
        .attribute(replacing(Attribute::string("name").required()))
        .attribute(default(Attribute::number("size"), 7.into()))
        .attribute(Attribute::number("exact").optional())
        .attribute(Attribute::dynamic("any").optional().computed())
        .attribute(Attribute::set("texts", Type::set(Type::String)).optional())
        .attribute(Attribute::map("numbers", Type::Tuple(vec![Type::Number, Type::Bool])).optional())
        .attribute(Attribute::list("dynamics", Type::Dynamic).optional())
        .attribute(secret.clone())
        .attribute(kept(Attribute::string("id").computed()))
        .attribute(
            Attribute::nested("one", Nesting::Single, inner().into_iter().chain([secret.clone()])).optional(),
        )
        .attribute(Attribute::nested("many", Nesting::List, inner()).optional().computed())
        .attribute(Attribute::nested("each", Nesting::Set, inner()).optional())
        .attribute(Attribute::nested("by_key", Nesting::Map, inner().into_iter().chain([secret])).optional())
        .block(NestedBlock::single("alone", block()))
        .block(NestedBlock::group("group", block()))
        .block(NestedBlock::list("rules", block().block(NestedBlock::set("inner", block()))))
        .block(NestedBlock::set("sets", block()))
        .block(NestedBlock::map("maps", block()))
}

/// The model of [`shape`].
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Shape {
    name: Attr<String>,
    size: Attr<u16>,
    exact: Option<Number>,
    any: Value,
    texts: Attr<BTreeSet<BTreeSet<String>>>,
    numbers: Attr<BTreeMap<String, (f64, bool)>>,
    dynamics: Attr<Vec<Value>>,
    secret: Attr<String>,
    id: Attr<String>,
    one: Attr<Inner>,
    many: Attr<Vec<Inner>>,
    each: Attr<Vec<Inner>>,
    by_key: Attr<BTreeMap<String, Inner>>,
    alone: Option<Inner>,
    group: Inner,
    rules: Vec<Rule>,
    sets: Vec<Inner>,
    maps: BTreeMap<String, Inner>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Inner {
    text: Attr<String>,
    kept: Attr<Number>,
    default: Attr<bool>,
    replacing: Attr<String>,
    #[serde(default, skip_serializing_if = "Attr::is_null")]
    secret: Attr<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Rule {
    #[serde(flatten)]
    body: Inner,
    inner: Vec<Inner>,
}

/// Every kind around the model.
struct Typed;

impl Typed {
    fn made(&self, shape: Shape, context: &Context<Shape>) -> Result<Shape, Diagnostics> {
        let id = Attr::Known(format!("{:?}", context.client().name));
        if shape.name.as_deref() == Attr::Known("fail") {
            return Err(Diagnostic::error("Told to fail", "").at("name").into());
        }
        Ok(Shape { id, ..shape })
    }
}

impl DataSource<Shape> for Typed {
    type Config = Shape;
    type State = Shape;

    fn name(&self) -> &'static str {
        "every_typed"
    }

    fn schema(&self) -> Schema {
        unplanned()
    }

    async fn read(&self, config: Shape, context: &Context<Shape>) -> Result<Shape, Diagnostics> {
        context.warn(Diagnostic::warning("Read", "").at("name"));
        self.made(config, context)
    }
}

impl Resource<Shape> for Typed {
    type Model = Shape;

    fn name(&self) -> &'static str {
        "every_typed"
    }

    fn schema(&self) -> Schema {
        shape()
    }

    async fn plan(&self, plan: Plan<'_, Shape>, _: &Context) -> Result<(), Diagnostics> {
        if let Some(planned) = plan.into_planned() {
            planned.id = Attr::Unknown;
        }
        Ok(())
    }

    async fn create(
        &self,
        planned: Shape,
        change: &mut Change<Shape>,
        context: &Context<Shape>,
    ) -> Result<Shape, Diagnostics> {
        change.set_state(&planned)?;
        self.made(planned, context)
    }

    async fn update(
        &self,
        prior: Shape,
        planned: Shape,
        _: &mut Change<Shape>,
        context: &Context<Shape>,
    ) -> Result<Shape, Diagnostics> {
        self.made(Shape { any: prior.any, ..planned }, context)
    }

    async fn upgrade(&self, stored: StoredState, _: &Context) -> Result<Shape, Diagnostics> {
        stored.read()
    }

    async fn move_state(
        &self,
        moved: MovedState,
        _: &Context,
    ) -> Result<Option<Adopted<Shape>>, Diagnostics> {
        moved.state.read().map(|shape: Shape| Some(shape.into()))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new([IdentityAttribute::required("name", Type::String)]))
    }

    fn identity(&self, state: &Shape) -> Result<Value, Diagnostics> {
        Ok(Value::object([("name", to_value(&state.name)?)]))
    }
}

impl EphemeralResource<Shape> for Typed {
    type Config = Shape;
    type State = Shape;

    fn name(&self) -> &'static str {
        "every_typed"
    }

    fn schema(&self) -> Schema {
        unplanned()
    }

    async fn open(&self, config: Shape, context: &Context<Shape>) -> Result<Opened<Shape>, Diagnostics> {
        Ok(Opened::new(self.made(config, context)?).with_private("opened", &true)?)
    }
}

impl Action<Shape> for Typed {
    type Config = Shape;

    fn name(&self) -> &'static str {
        "every_typed"
    }

    fn schema(&self) -> Schema {
        unplanned()
    }

    async fn invoke(
        &self,
        config: Shape,
        progress: &Progress,
        context: &Context<Shape>,
    ) -> Result<(), Diagnostics> {
        progress.report(format!("{config:?}"));
        self.made(config, context).map(drop)
    }
}

/// Every kind around a bare value, which goes back as it came.
struct Free;

impl DataSource<Shape> for Free {
    type Config = Value;
    type State = Value;

    fn name(&self) -> &'static str {
        "every_free"
    }

    fn schema(&self) -> Schema {
        unplanned()
    }

    async fn read(&self, config: Value, _: &Context<Shape>) -> Result<Value, Diagnostics> {
        Ok(config)
    }
}

impl Resource<Shape> for Free {
    type Model = Value;

    fn name(&self) -> &'static str {
        "every_free"
    }

    fn schema(&self) -> Schema {
        shape()
    }

    async fn create(
        &self,
        planned: Value,
        _: &mut Change<Value>,
        _: &Context<Shape>,
    ) -> Result<Value, Diagnostics> {
        Ok(planned)
    }

    async fn update(
        &self,
        _: Value,
        planned: Value,
        change: &mut Change<Value>,
        _: &Context<Shape>,
    ) -> Result<Value, Diagnostics> {
        // What the private state says is the state; anything may be in there.
        Ok(change.private.get("state").ok().flatten().unwrap_or(planned))
    }

    async fn import(&self, import: Import, _: &Context<Shape>) -> Result<Adopted<Value>, Diagnostics> {
        match import {
            Import::Id(id) => Ok(Adopted::from(serde_json::from_str::<Value>(&id)?)),
            by_identity => Ok(by_identity.into_attribute("name")),
        }
    }

    async fn upgrade(&self, stored: StoredState, _: &Context) -> Result<Value, Diagnostics> {
        stored.read()
    }

    async fn move_state(
        &self,
        moved: MovedState,
        _: &Context,
    ) -> Result<Option<Adopted<Value>>, Diagnostics> {
        // Its private state is that of the other.
        let taken = Adopted::from(moved.state.read::<Value>()?);
        taken.with_private("state", &moved.private()?.get::<Value>("state")?).map(Some)
    }

    fn upgrade_identity(&self, stored: StoredState) -> Result<Value, Diagnostics> {
        stored.read()
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        let list = IdentityAttribute::required("list", Type::list(Type::Number));
        Some(IdentitySchema::new([IdentityAttribute::required("name", Type::String), list]).version(1))
    }

    fn identity(&self, state: &Value) -> Result<Value, Diagnostics> {
        Ok(state.get("any").cloned().unwrap_or_default().into_plain())
    }
}

impl EphemeralResource<Shape> for Free {
    type Config = Value;
    type State = Value;

    fn name(&self) -> &'static str {
        "every_free"
    }

    fn schema(&self) -> Schema {
        unplanned()
    }

    async fn open(&self, config: Value, _: &Context<Shape>) -> Result<Opened<Value>, Diagnostics> {
        Ok(Opened::new(config))
    }

    async fn renew(&self, private: &PrivateState, _: &Context<Shape>) -> Result<Opened<()>, Diagnostics> {
        Opened::new(()).with_private("opened", &private.get::<bool>("opened")?)
    }
}

impl Action<Shape> for Free {
    type Config = Value;

    fn name(&self) -> &'static str {
        "every_free"
    }

    fn schema(&self) -> Schema {
        unplanned()
    }

    async fn invoke(
        &self,
        config: Value,
        progress: &Progress,
        _: &Context<Shape>,
    ) -> Result<(), Diagnostics> {
        progress.report(serde_json::to_string(&config)?);
        Ok(())
    }
}

/// A function whose arguments are fields.
struct Named;

#[derive(Deserialize)]
struct Arguments {
    list: Vec<Option<f64>>,
    any: Value,
    rest: Vec<Attr<String>>,
}

impl Function for Named {
    type Arguments = Arguments;
    type Output = (usize, Value, usize);

    fn name(&self) -> &'static str {
        "named"
    }

    fn signature(&self) -> Signature {
        Signature::new("", Type::Dynamic)
            .parameter(Parameter::new("list", Type::list(Type::Number)))
            .parameter(Parameter::new("any", Type::Dynamic).allow_null().allow_unknown())
            .variadic(Parameter::new("rest", Type::String).allow_null())
    }

    async fn call(&self, arguments: Arguments, _: &Context) -> Result<Self::Output, Diagnostics> {
        if let Some(place) = arguments.rest.iter().position(Attr::is_null) {
            let argument = tfplugin::AttributePath::from("rest").index(place);
            return Err(Diagnostic::error("A text is missing", "").at(argument).into());
        }
        Ok((arguments.list.len(), arguments.any, arguments.rest.len()))
    }
}

/// A function whose arguments are in their order, and which returns what it was given.
struct Placed;

impl Function for Placed {
    type Arguments = (Value,);
    type Output = Value;

    fn name(&self) -> &'static str {
        "placed"
    }

    fn signature(&self) -> Signature {
        Signature::new("", Type::set(Type::map(Type::Number)))
            .parameter(Parameter::new("any", Type::Dynamic).allow_null().allow_unknown())
    }

    async fn call(&self, (any,): (Value,), _: &Context) -> Result<Value, Diagnostics> {
        Ok(any)
    }
}
