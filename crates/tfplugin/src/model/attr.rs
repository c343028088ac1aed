use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{ModelError, Reading, ValueReader};
use crate::Value;

/// The field of a model that may be null, or not known yet.
///
/// While a configuration is validated or a change is planned, any value may be unknown. A field of type `Attr<T>` accepts known,
/// null and unknown values, `Option<T>` accepts known and null ones, and `T` accepts known ones only. A value of which only a part is
/// unknown, such as one element of a list, is [`Unknown`](Self::Unknown), unless `T` accepts that part as unknown, as
/// `Attr<Vec<Attr<String>>>` does.
///
/// `Attr` does not implement `Ord`, because null and unknown values have no order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Attr<T> {
    /// A known value.
    Known(T),
    /// The attribute is not set.
    #[default]
    Null,
    /// The value is known only after apply.
    Unknown,
}

/// The name by which the reader recognises [`Attr`], to report null and unknown values as such.
pub(super) const ATTR: &str = "$tfplugin::Attr";

impl<T> Attr<T> {
    /// The value, if it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Attr::Known(value) => Some(value),
            Attr::Null | Attr::Unknown => None,
        }
    }

    /// The known value; `other` if it is null or unknown.
    pub fn unwrap_or(self, other: T) -> T {
        self.known().unwrap_or(other)
    }

    /// The known value; the default of its type if it is null or unknown.
    pub fn unwrap_or_default(self) -> T
    where
        T: Default,
    {
        self.known().unwrap_or_default()
    }

    /// An `Attr` that holds a reference to the value.
    pub fn as_ref(&self) -> Attr<&T> {
        match self {
            Attr::Known(value) => Attr::Known(value),
            Attr::Null => Attr::Null,
            Attr::Unknown => Attr::Unknown,
        }
    }

    /// An `Attr` that holds a mutable reference to the value.
    pub fn as_mut(&mut self) -> Attr<&mut T> {
        match self {
            Attr::Known(value) => Attr::Known(value),
            Attr::Null => Attr::Null,
            Attr::Unknown => Attr::Unknown,
        }
    }

    /// An `Attr` that holds the dereferenced value, such as `&str` for `String`.
    pub fn as_deref(&self) -> Attr<&T::Target>
    where
        T: std::ops::Deref,
    {
        self.as_ref().map(T::deref)
    }

    /// Applies a function to a known value; null and unknown stay as they are.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Attr<U> {
        match self {
            Attr::Known(value) => Attr::Known(change(value)),
            Attr::Null => Attr::Null,
            Attr::Unknown => Attr::Unknown,
        }
    }

    /// Whether it was left out.
    pub fn is_null(&self) -> bool {
        matches!(self, Attr::Null)
    }

    /// Whether it will be known later.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Attr::Unknown)
    }

    /// Whether it has a value now.
    pub fn is_known(&self) -> bool {
        matches!(self, Attr::Known(_))
    }
}

impl<T> From<T> for Attr<T> {
    fn from(value: T) -> Self {
        Attr::Known(value)
    }
}

impl<T> From<Option<T>> for Attr<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Attr::Null, Attr::Known)
    }
}

impl<T> From<Attr<T>> for Option<T> {
    /// The value, if it is known.
    fn from(attr: Attr<T>) -> Self {
        attr.known()
    }
}

impl From<&str> for Attr<String> {
    fn from(text: &str) -> Self {
        Attr::Known(text.to_owned())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Attr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(ATTR, AttrVisitor(PhantomData))
    }
}

struct AttrVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AttrVisitor<T> {
    type Value = Attr<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, null or unknown")
    }

    /// How our reader says null.
    fn visit_none<E>(self) -> Result<Attr<T>, E> {
        Ok(Attr::Null)
    }

    /// How our reader says that there is a value. If `T` has no place for what is unknown within, the whole is not known yet.
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Attr<T>, D::Error> {
        match T::deserialize(deserializer) {
            Ok(value) => Ok(Attr::Known(value)),
            Err(error) if ModelError::is_text_of_unknown(&error) => Ok(Attr::Unknown),
            Err(error) => Err(error),
        }
    }

    /// How our reader says unknown.
    fn visit_unit<E>(self) -> Result<Attr<T>, E> {
        Ok(Attr::Unknown)
    }

    /// What other formats do, and the buffers of serde, in which an unknown value is one of ours.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Attr<T>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Attr::deserialize(ValueReader::new(&value, &Reading::default())).map_err(ModelError::pass)
    }
}

impl<T: Serialize> Serialize for Attr<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Attr::Known(value) => value.serialize(serializer),
            Attr::Null => serializer.serialize_none(),
            Attr::Unknown => serializer.serialize_unit_struct(ATTR),
        }
    }
}
