//! The schema of a provider that is written with tfplugin, without starting it.

use serde_json::{Value, json};
use tfplugin::schema::{self, AttributeKind, BlockNesting, NestedBlock, Nesting};
use tfplugin::{Provider, Signature, Type};

use crate::provider_schema::{
    Attribute, Block, BlockType, Function, NestedType, Parameter, ProviderSchema, Schema,
};

impl ProviderSchema {
    /// What the provider says about itself. It is not configured, and nothing else of it is run.
    pub fn of(provider: &impl Provider) -> Self {
        let each = |name: &str, schema: &schema::Schema| (name.to_owned(), schema_of(schema));
        let function = |name: &str, signature: &Signature| (name.to_owned(), function_of(signature));
        Self {
            provider: schema_of(&provider.schema()),
            resource_schemas: provider
                .resources()
                .into_iter()
                .map(|it| each(it.name(), &it.schema()))
                .collect(),
            data_source_schemas: provider
                .data_sources()
                .into_iter()
                .map(|it| each(it.name(), &it.schema()))
                .collect(),
            ephemeral_resource_schemas: (provider.ephemeral_resources().into_iter())
                .map(|it| each(it.name(), &it.schema()))
                .collect(),
            action_schemas: provider.actions().into_iter().map(|it| each(it.name(), &it.schema())).collect(),
            list_resource_schemas: (provider.list_resources().into_iter())
                .map(|it| each(it.name(), &it.schema()))
                .collect(),
            functions: provider
                .functions()
                .into_iter()
                .map(|it| function(it.name(), &it.signature()))
                .collect(),
        }
    }
}

fn schema_of(schema: &schema::Schema) -> Schema {
    Schema { block: block(schema.body()) }
}

fn block(block: &schema::Block) -> Block {
    Block {
        attributes: block.each_attribute().map(|each| (each.name().to_owned(), attribute(each))).collect(),
        block_types: block.each_block().map(|each| (each.name().to_owned(), block_type(each))).collect(),
        description: block.markdown().to_owned(),
        deprecated: block.deprecation().is_some(),
    }
}

fn attribute(attribute: &schema::Attribute) -> Attribute {
    let (r#type, nested_type) = match attribute.kind() {
        AttributeKind::Plain(ty) => (Some(json_of(ty)), None),
        AttributeKind::Nested(nesting, attributes) => (None, Some(nested(*nesting, attributes))),
    };
    Attribute {
        r#type,
        nested_type,
        description: attribute.markdown().to_owned(),
        required: attribute.is_required(),
        optional: attribute.is_optional(),
        computed: !attribute.is_required() && !attribute.is_optional(),
        sensitive: attribute.is_sensitive(),
        write_only: attribute.is_write_only(),
        deprecated: attribute.deprecation().is_some(),
    }
}

fn nested(nesting: Nesting, attributes: &[schema::Attribute]) -> NestedType {
    let nesting_mode = match nesting {
        Nesting::Single => "single",
        Nesting::List => "list",
        Nesting::Set => "set",
        Nesting::Map => "map",
    };
    let attributes = attributes.iter().map(|each| (each.name().to_owned(), attribute(each))).collect();
    NestedType { attributes, nesting_mode: nesting_mode.to_owned() }
}

fn block_type(nested: &NestedBlock) -> BlockType {
    let nesting_mode = match nested.nesting() {
        BlockNesting::Single => "single",
        BlockNesting::Group => "group",
        BlockNesting::List => "list",
        BlockNesting::Set => "set",
        BlockNesting::Map => "map",
    };
    let (min, max) = nested.limits();
    BlockType {
        nesting_mode: nesting_mode.to_owned(),
        block: block(nested.body()),
        min_items: min.into(),
        max_items: max.into(),
    }
}

fn function_of(signature: &Signature) -> Function {
    Function {
        summary: signature.summary().to_owned(),
        description: signature.markdown().to_owned(),
        return_type: json_of(signature.output()),
        parameters: signature.each_parameter().map(parameter).collect(),
        variadic_parameter: signature.variadic_parameter().map(parameter),
    }
}

fn parameter(parameter: &tfplugin::Parameter) -> Parameter {
    Parameter {
        name: parameter.name().to_owned(),
        description: parameter.markdown().to_owned(),
        is_nullable: parameter.allows_null(),
        r#type: json_of(parameter.ty()),
    }
}

/// A type as Terraform's JSON has it. What is in objects and tuples is left out: pages do not show it.
fn json_of(ty: &Type) -> Value {
    match ty {
        Type::String => json!("string"),
        Type::Number => json!("number"),
        Type::Bool => json!("bool"),
        Type::Dynamic => json!("dynamic"),
        Type::Object(_) => json!(["object", {}]),
        Type::Tuple(_) => json!(["tuple", []]),
        Type::List(element) => json!(["list", json_of(element)]),
        Type::Set(element) => json!(["set", json_of(element)]),
        Type::Map(element) => json!(["map", json_of(element)]),
    }
}
