use super::{Attributes, Block, BlockNesting, NestedBlock, change_objects};
use crate::Value;

/// Makes blocks that are null empty, unlike attributes: lists, sets and maps without elements, and groups of nulls.
pub(crate) fn fill_absent_blocks(block: &Block, value: &mut Value) {
    change_objects(value, None, &mut |parts, _| blocks(block, parts));
}

fn blocks(block: &Block, parts: &mut Attributes) {
    for nested in &block.blocks {
        let part = parts.entry(nested.name.clone()).or_default();
        if part.is_null() {
            *part = absent(nested);
        }
        fill_absent_blocks(&nested.block, part);
    }
}

/// What Terraform has in place of a block that is not written.
pub(super) fn absent(nested: &NestedBlock) -> Value {
    match nested.nesting {
        BlockNesting::Single => Value::Null,
        BlockNesting::Group => {
            nested.block.ty().conform(Value::Object(Attributes::new())).unwrap_or_default()
        }
        BlockNesting::List => Value::List(Vec::new()),
        BlockNesting::Set => Value::Set(Vec::new()),
        BlockNesting::Map => Value::Map(Attributes::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Attribute;

    #[test]
    fn blocks_that_are_not_there_are_empty() {
        let text = || Block::new().attribute(Attribute::string("text").optional());
        let inner = text().block(NestedBlock::map("deep", text()));
        let block = text()
            .block(NestedBlock::list("list", inner))
            .block(NestedBlock::set("set", text()))
            .block(NestedBlock::group("group", text()))
            .block(NestedBlock::single("single", text()));
        let of_nulls = Value::object([("text", Value::Null)]);
        let mut value = Value::object([("list", Value::List(vec![of_nulls.clone()]))]);
        fill_absent_blocks(&block, &mut value);
        let element = Value::object([("text", Value::Null), ("deep", Value::Map(Attributes::new()))]);
        let expected = Value::object([
            ("list", Value::List(vec![element])),
            ("set", Value::Set(Vec::new())),
            ("group", of_nulls),
            ("single", Value::Null),
        ]);
        assert_eq!(value, expected);
    }
}
