use tfplugin_proto::tfplugin6 as proto;

use proto::schema::nested_block::NestingMode as BlockMode;
use proto::schema::object::NestingMode;

use crate::schema::{Attribute, Block, NestedBlock, Nesting, Schema};
use crate::{Diagnostic, Diagnostics, Type};

impl TryFrom<&proto::Schema> for Schema {
    type Error = Diagnostics;

    fn try_from(schema: &proto::Schema) -> Result<Self, Diagnostics> {
        let block = block(&schema.block.clone().unwrap_or_default())?;
        Ok(Schema { version: schema.version, block })
    }
}

fn block(block: &proto::schema::Block) -> Result<Block, Diagnostics> {
    let attributes = block.attributes.iter().map(attribute).collect::<Result<Vec<_>, _>>()?;
    let blocks = block.block_types.iter().map(nested_block).collect::<Result<Vec<_>, _>>()?;
    let read = attributes.into_iter().fold(Block::new(), Block::attribute);
    Ok(blocks.into_iter().fold(read, Block::block))
}

fn attribute(attribute: &proto::schema::Attribute) -> Result<Attribute, Diagnostics> {
    let mut read = match &attribute.nested_type {
        Some(object) => {
            let attributes = object.attributes.iter().map(self::attribute).collect::<Result<Vec<_>, _>>()?;
            Attribute::nested(&attribute.name, nesting(object.nesting())?, attributes)
        }
        None => Attribute::new(&attribute.name, Type::from_json(&attribute.r#type)?),
    };
    (read.required, read.optional, read.computed) =
        (attribute.required, attribute.optional, attribute.computed);
    (read.sensitive, read.write_only) = (attribute.sensitive, attribute.write_only);
    Ok(read)
}

fn nested_block(nested: &proto::schema::NestedBlock) -> Result<NestedBlock, Diagnostics> {
    let block = block(&nested.block.clone().unwrap_or_default())?;
    let read = match nested.nesting() {
        BlockMode::Single => NestedBlock::single(&nested.type_name, block),
        BlockMode::Group => NestedBlock::group(&nested.type_name, block),
        BlockMode::List => NestedBlock::list(&nested.type_name, block),
        BlockMode::Set => NestedBlock::set(&nested.type_name, block),
        BlockMode::Map => NestedBlock::map(&nested.type_name, block),
        BlockMode::Invalid => return Err(invalid()),
    };
    Ok(read.items(nested.min_items.try_into()?, nested.max_items.try_into()?))
}

fn nesting(nesting: NestingMode) -> Result<Nesting, Diagnostics> {
    match nesting {
        NestingMode::Single => Ok(Nesting::Single),
        NestingMode::List => Ok(Nesting::List),
        NestingMode::Set => Ok(Nesting::Set),
        NestingMode::Map => Ok(Nesting::Map),
        NestingMode::Invalid => Err(invalid()),
    }
}

fn invalid() -> Diagnostics {
    Diagnostic::error("The provider's schema has a nesting mode that there is not", "").into()
}
