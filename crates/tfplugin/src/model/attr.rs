use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{ModelError, Reading, ValueReader};
use crate::Value;

/// The field of a model that may be null, or not known yet.
///
/// While a configuration is validated or a change is planned, anything may still be unknown. A model that wants to look at
/// the rest all the same holds such fields as `Attr<T>`; `T` alone means known and not null, `Option<T>` known or null. What is
/// unknown only in part, such as one element of a list, is [`Unknown`](Self::Unknown) unless `T` has a place for that part, as
/// `Attr<Vec<Attr<String>>>` has.
///
/// It has no order: neither null nor an unknown value is smaller than another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Attr<T> {
    /// The value.
    Known(T),
    /// Left out.
    #[default]
    Null,
    /// Known later.
    Unknown,
}

/// The name under which [`Attr`] asks our reader to tell null and unknown apart.
pub(super) const ATTR: &str = "$tfplugin::Attr";

impl<T> Attr<T> {
    /// The value, if it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Attr::Known(value) => Some(value),
            Attr::Null | Attr::Unknown => None,
        }
    }

    /// The value, or `other` where there is none yet or none at all.
    pub fn unwrap_or(self, other: T) -> T {
        self.known().unwrap_or(other)
    }

    /// The value, or the default of its type where there is none yet or none at all.
    pub fn unwrap_or_default(self) -> T
    where
        T: Default,
    {
        self.known().unwrap_or_default()
    }

    /// The same around a reference.
    pub fn as_ref(&self) -> Attr<&T> {
        match self {
            Attr::Known(value) => Attr::Known(value),
            Attr::Null => Attr::Null,
            Attr::Unknown => Attr::Unknown,
        }
    }

    /// The same around a reference to change it by.
    pub fn as_mut(&mut self) -> Attr<&mut T> {
        match self {
            Attr::Known(value) => Attr::Known(value),
            Attr::Null => Attr::Null,
            Attr::Unknown => Attr::Unknown,
        }
    }

    /// The same around a borrowed form, such as `&str` for `String`.
    pub fn as_deref(&self) -> Attr<&T::Target>
    where
        T: std::ops::Deref,
    {
        self.as_ref().map(T::deref)
    }

    /// Another value in the same state.
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
