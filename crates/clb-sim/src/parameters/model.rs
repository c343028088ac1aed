//! The parameters that actions have, read from tables.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One parameter, or one field of a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) is_required: bool,
    pub(crate) is_list: bool,
    pub(crate) kind: Kind,
}

/// The type of a value, or of the elements of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    Integer,
    /// An integer of at least 0.
    Unsigned,
    Boolean,
    Number,
    Structure(&'static str),
}

/// The fields of an action or structure; none if it is not in the tables.
pub(crate) fn fields(name: &str) -> Option<&'static [Field]> {
    static MODELS: LazyLock<HashMap<&'static str, Vec<Field>>> =
        LazyLock::new(|| lines().filter_map(model).collect());
    MODELS.get(name).map(Vec::as_slice)
}

fn lines() -> impl Iterator<Item = &'static str> {
    let tables = [include_str!("clb.txt"), include_str!("sts.txt")];
    tables.into_iter().flat_map(str::lines).filter(|line| !line.starts_with('#'))
}

fn model(line: &'static str) -> Option<(&'static str, Vec<Field>)> {
    let mut words = line.split(' ');
    let name = words.next().filter(|name| !name.is_empty())?;
    Some((name, words.filter_map(field).collect()))
}

/// `Name:s`, `Name!:[Structure]`.
fn field(text: &'static str) -> Option<Field> {
    let (name, kind) = text.split_once(':')?;
    let element = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']'));
    let required = name.strip_suffix('!');
    Some(Field {
        name: required.unwrap_or(name),
        is_required: required.is_some(),
        is_list: element.is_some(),
        kind: self::kind(element.unwrap_or(kind)),
    })
}

fn kind(text: &'static str) -> Kind {
    match text {
        "s" => Kind::String,
        "i" => Kind::Integer,
        "u" => Kind::Unsigned,
        "b" => Kind::Boolean,
        "f" => Kind::Number,
        structure => Kind::Structure(structure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_a_type_and_may_be_required() {
        let field =
            |name| *fields("CreateListener").unwrap().iter().find(|field| field.name == name).unwrap();
        let ports = Field { name: "Ports", is_required: true, is_list: true, kind: Kind::Integer };
        assert_eq!(field("Ports"), ports);
        assert_eq!(field("HealthCheck").kind, Kind::Structure("HealthCheck"));
        assert_eq!(fields("CreateListner"), None);
    }

    #[test]
    fn every_line_is_understood_and_every_structure_is_known() {
        for line in lines().filter(|line| !line.is_empty()) {
            let (name, fields) = model(line).unwrap();
            assert_eq!(fields.len(), line.split(' ').count() - 1, "{name}");
            for field in fields {
                if let Kind::Structure(structure) = field.kind {
                    assert!(self::fields(structure).is_some(), "{name} {structure}");
                }
            }
        }
    }

    #[test]
    fn every_action_is_in_the_tables() {
        // Only the international SDK has these, so their parameters are not checked.
        let unchecked = ["AddCustomizedConfig", "DeleteCustomizedConfig", "ModifyCustomizedConfig"];
        for action in clb_task::actions::all().map(|action| action.name) {
            assert_eq!(fields(action).is_none(), unchecked.contains(&action), "{action}");
        }
    }
}
