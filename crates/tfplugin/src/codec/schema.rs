use tfplugin_proto::tfplugin6 as proto;

use proto::schema::nested_block::NestingMode as BlockMode;
use proto::schema::object::NestingMode;

use crate::schema::{
    Attribute, AttributeKind, Block, BlockNesting, IdentityAttribute, IdentitySchema, NestedBlock, Nesting,
    Schema,
};

pub(crate) const MARKDOWN: i32 = proto::StringKind::Markdown as i32;

impl From<&Schema> for proto::Schema {
    fn from(schema: &Schema) -> Self {
        proto::Schema { version: schema.version, block: Some((&schema.block).into()) }
    }
}

impl From<&Block> for proto::schema::Block {
    fn from(block: &Block) -> Self {
        proto::schema::Block {
            attributes: block.attributes.iter().map(Into::into).collect(),
            block_types: block.blocks.iter().map(Into::into).collect(),
            description: block.description.clone(),
            description_kind: MARKDOWN,
            deprecated: block.deprecated.is_some(),
            deprecation_message: block.deprecated.clone().unwrap_or_default(),
            ..Self::default()
        }
    }
}

impl From<&Attribute> for proto::schema::Attribute {
    fn from(attribute: &Attribute) -> Self {
        let (ty, nested) = match &attribute.kind {
            AttributeKind::Plain(ty) => (ty.to_json().into_bytes(), None),
            AttributeKind::Nested(nesting, attributes) => (Vec::new(), Some(object(*nesting, attributes))),
        };
        proto::schema::Attribute {
            name: attribute.name.clone(),
            r#type: ty,
            nested_type: nested,
            description: attribute.description.clone(),
            required: attribute.required,
            optional: attribute.optional,
            computed: attribute.computed,
            sensitive: attribute.sensitive,
            description_kind: MARKDOWN,
            deprecated: attribute.deprecated.is_some(),
            write_only: attribute.write_only,
            deprecation_message: attribute.deprecated.clone().unwrap_or_default(),
        }
    }
}

fn object(nesting: Nesting, attributes: &[Attribute]) -> proto::schema::Object {
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    let attributes = attributes.iter().map(Into::into).collect();
    proto::schema::Object { attributes, nesting: nesting.into(), ..Default::default() }
}

impl From<&NestedBlock> for proto::schema::NestedBlock {
    fn from(nested: &NestedBlock) -> Self {
        let nesting = match nested.nesting {
            BlockNesting::Single => BlockMode::Single,
            BlockNesting::Group => BlockMode::Group,
            BlockNesting::List => BlockMode::List,
            BlockNesting::Set => BlockMode::Set,
            BlockNesting::Map => BlockMode::Map,
        };
        proto::schema::NestedBlock {
            type_name: nested.name.clone(),
            block: Some((&nested.block).into()),
            nesting: nesting.into(),
            min_items: nested.min.into(),
            max_items: nested.max.into(),
        }
    }
}

impl From<&IdentitySchema> for proto::ResourceIdentitySchema {
    fn from(schema: &IdentitySchema) -> Self {
        let identity_attributes = schema.attributes.iter().map(Into::into).collect();
        proto::ResourceIdentitySchema { version: schema.version, identity_attributes }
    }
}

impl From<&IdentityAttribute> for proto::resource_identity_schema::IdentityAttribute {
    fn from(attribute: &IdentityAttribute) -> Self {
        proto::resource_identity_schema::IdentityAttribute {
            name: attribute.name.clone(),
            r#type: attribute.ty.to_json().into_bytes(),
            required_for_import: attribute.required,
            optional_for_import: !attribute.required,
            description: attribute.description.clone(),
        }
    }
}
