//! JSON objects as they come over the network.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// A JSON object whose values are still text.
///
/// A derived structure would also be read from an array, field by field, so that `[0]` could pass for a status. This
/// is read from objects alone, and from none that names a field twice.
#[derive(Debug, Default)]
pub(crate) struct Object<'a>(BTreeMap<Cow<'a, str>, &'a RawValue>);

impl<'a> Object<'a> {
    pub(crate) fn parse(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The value of a field as it was received, a null included.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied()
    }

    /// The value of a field, unless it is null.
    pub(crate) fn non_null(&self, name: &str) -> Option<&'a RawValue> {
        self.get(name).filter(|value| value.get() != "null")
    }

    /// A string that is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text: String = serde_json::from_str(self.get(name)?.get()).ok()?;
        Some(text).filter(|text| !text.is_empty())
    }

    /// The object in a field.
    pub(crate) fn object(&self, name: &str) -> Option<Object<'a>> {
        Self::parse(self.get(name)?.get()).ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields).map(Self)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = BTreeMap<Cow<'de, str>, &'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Self::Value::new();
        while let Some((Name(name), value)) = map.next_entry()? {
            if fields.insert(name, value).is_some() {
                return Err(A::Error::custom("a field stands twice"));
            }
        }
        Ok(fields)
    }
}

/// A field's name, borrowed where it holds no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_kept_as_received() {
        let object = Object::parse(r#"{"a":1.50,"b":null,"\u0063":"x","d":"","e":{"f":true}}"#).unwrap();
        assert_eq!(object.get("a").unwrap().get(), "1.50");
        assert_eq!((object.get("b").unwrap().get(), object.non_null("b").is_none()), ("null", true));
        assert_eq!(
            (object.text("c").as_deref(), object.text("d"), object.text("a")),
            (Some("x"), None, None)
        );
        assert_eq!(object.object("e").unwrap().get("f").unwrap().get(), "true");
        assert!(object.get("A").is_none() && object.object("c").is_none());
    }

    #[test]
    fn nothing_but_an_object_is_read() {
        for json in
            ["[]", "[1]", "null", "1", "\"a\"", "", "{", "{}}", r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#]
        {
            assert!(Object::parse(json).is_err(), "{json}");
        }
        assert!(Object::parse("{}").is_ok());
    }
}
