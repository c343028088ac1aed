//! Values in MessagePack, as Terraform writes them: typed by a schema, unknown values as extensions.

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::decode::{Bytes, RmpRead, read_marker};
use rmp::encode;

use super::encoding::{Depth, InvalidEncodingError, InvalidValueError};
use super::{normalized, refinement};
use crate::path::Step;
use crate::{Number, Type, Value};

/// Reads one value of this type, and nothing after it.
pub(crate) fn decode(bytes: &[u8], ty: &Type) -> Result<Value, InvalidValueError> {
    let mut reader = Reader::new(bytes);
    let value = reader.value(ty, Depth::default())?;
    match reader.left() {
        0 => Ok(value),
        left => Err(InvalidEncodingError::Trailing(left).into()),
    }
}

/// Writes a value; [`Type::conform`] has made it one of its type.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, value).expect("a vector takes all bytes");
    bytes
}

/// A place in the bytes; each method reads one thing on.
pub(super) struct Reader<'a> {
    bytes: Bytes<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes: Bytes::new(bytes) }
    }

    fn value(&mut self, ty: &Type, depth: Depth) -> Result<Value, InvalidValueError> {
        let depth = depth.deeper()?;
        match (self.marker()?, ty) {
            (Marker::Null, _) => Ok(Value::Null),
            (marker, _) if is_extension(marker) => Ok(self.unknown(marker)?),
            (Marker::True, Type::Bool) => Ok(Value::Bool(true)),
            (Marker::False, Type::Bool) => Ok(Value::Bool(false)),
            (marker, Type::Number) => Ok(Value::Number(self.number(marker)?)),
            (marker, Type::String) => Ok(Value::string(self.text(marker)?)),
            (marker, Type::List(of)) => self.list(marker, of, depth),
            (marker, Type::Set(of)) => self.set(marker, of, depth),
            (marker, Type::Map(of)) => self.map(marker, of, depth),
            (marker, Type::Object(of)) => self.object(marker, of, depth),
            (marker, Type::Tuple(of)) => self.tuple(marker, of, depth),
            (marker, Type::Dynamic) => self.dynamic(marker, depth),
            (marker, Type::Bool) => Err(unexpected("a bool", marker).into()),
        }
    }

    fn list(&mut self, marker: Marker, of: &Type, depth: Depth) -> Result<Value, InvalidValueError> {
        let length = self.array(marker)?;
        let element = |index| self.value(of, depth).map_err(|error| error.within(Step::Index(index)));
        (0..length).map(element).collect::<Result<_, _>>().map(Value::List)
    }

    fn set(&mut self, marker: Marker, of: &Type, depth: Depth) -> Result<Value, InvalidValueError> {
        let length = self.array(marker)?;
        let elements = (0..length).map(|_| self.value(of, depth));
        elements.collect::<Result<Vec<_>, _>>().map(Value::set)
    }

    fn tuple(&mut self, marker: Marker, of: &[Type], depth: Depth) -> Result<Value, InvalidValueError> {
        let length = self.array(marker)?;
        if length != of.len() {
            return Err(InvalidEncodingError::tuple(of.len(), length).into());
        }
        let element = |(index, ty)| self.value(ty, depth).map_err(|error| error.within(Step::Index(index)));
        of.iter().enumerate().map(element).collect::<Result<_, _>>().map(Value::Tuple)
    }

    fn map(&mut self, marker: Marker, of: &Type, depth: Depth) -> Result<Value, InvalidValueError> {
        let mut parts = BTreeMap::new();
        for _ in 0..self.pairs(marker)? {
            let key = normalized(self.key()?);
            let part = self.value(of, depth).map_err(|error| error.within(Step::Key(key.clone())))?;
            insert_once(&mut parts, key, part)?;
        }
        Ok(Value::Map(parts))
    }

    fn object(
        &mut self,
        marker: Marker,
        of: &BTreeMap<String, Type>,
        depth: Depth,
    ) -> Result<Value, InvalidValueError> {
        let mut parts = BTreeMap::new();
        for _ in 0..self.pairs(marker)? {
            let name = self.key()?;
            let Some(ty) = of.get(&name) else {
                return Err(InvalidEncodingError::SurplusAttribute(name).into());
            };
            let part = self.value(ty, depth).map_err(|error| error.within(Step::Attribute(name.clone())))?;
            insert_once(&mut parts, name, part)?;
        }
        match of.keys().find(|name| !parts.contains_key(*name)) {
            Some(name) => Err(InvalidEncodingError::MissingAttribute(name.clone()).into()),
            None => Ok(Value::Object(parts)),
        }
    }

    fn dynamic(&mut self, marker: Marker, depth: Depth) -> Result<Value, InvalidValueError> {
        if self.array(marker)? != 2 {
            return Err(unexpected("a type and a value", marker).into());
        }
        let marker = self.marker()?;
        let ty = Type::from_json(self.binary(marker)?)?;
        let value = self.value(&ty, depth)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }

    /// An unknown value. What its extension says beyond that is never needed, so what cannot be read is dropped.
    fn unknown(&mut self, marker: Marker) -> Result<Value, InvalidEncodingError> {
        let length = self.extension(marker)?;
        let code = self.byte()?.cast_signed();
        let body = self.take(length)?;
        let refined = code == refinement::EXTENSION;
        Ok(Value::Unknown(if refined { refinement::decode(body).boxed() } else { None }))
    }

    pub(super) fn number(&mut self, marker: Marker) -> Result<Number, InvalidEncodingError> {
        match marker {
            Marker::FixPos(whole) => Ok(i64::from(whole).into()),
            Marker::FixNeg(whole) => Ok(i64::from(whole).into()),
            Marker::U8 => Ok(i64::from(self.byte()?).into()),
            Marker::U16 => Ok(i64::from(u16::from_be_bytes(self.array_of()?)).into()),
            Marker::U32 => Ok(i64::from(u32::from_be_bytes(self.array_of()?)).into()),
            Marker::U64 => Ok(u64::from_be_bytes(self.array_of()?).into()),
            Marker::I8 => Ok(i64::from(i8::from_be_bytes(self.array_of()?)).into()),
            Marker::I16 => Ok(i64::from(i16::from_be_bytes(self.array_of()?)).into()),
            Marker::I32 => Ok(i64::from(i32::from_be_bytes(self.array_of()?)).into()),
            Marker::I64 => Ok(i64::from_be_bytes(self.array_of()?).into()),
            Marker::F32 => Ok(Number::try_from(f64::from(f32::from_be_bytes(self.array_of()?)))?),
            Marker::F64 => Ok(Number::try_from(f64::from_be_bytes(self.array_of()?))?),
            marker if is_text(marker) => {
                // The error does not quote the string: it may be a secret in the place of a number.
                self.text(marker)?
                    .parse()
                    .map_err(|_| InvalidEncodingError::unexpected("a number", "a string"))
            }
            marker => Err(unexpected("a number", marker)),
        }
    }

    pub(super) fn text(&mut self, marker: Marker) -> Result<&'a str, InvalidEncodingError> {
        let length = match marker {
            Marker::FixStr(length) => length.into(),
            Marker::Str8 => self.length_8()?,
            Marker::Str16 => self.length_16()?,
            Marker::Str32 => self.length_32()?,
            marker => return Err(unexpected("a string", marker)),
        };
        std::str::from_utf8(self.take(length)?).map_err(|_| InvalidEncodingError::NotUtf8)
    }

    fn binary(&mut self, marker: Marker) -> Result<&'a [u8], InvalidEncodingError> {
        let length = match marker {
            Marker::Bin8 => self.length_8()?,
            Marker::Bin16 => self.length_16()?,
            Marker::Bin32 => self.length_32()?,
            marker => return self.text(marker).map(str::as_bytes),
        };
        self.take(length)
    }

    fn key(&mut self) -> Result<String, InvalidEncodingError> {
        let marker = self.marker()?;
        self.text(marker).map(str::to_owned)
    }

    pub(super) fn array(&mut self, marker: Marker) -> Result<usize, InvalidEncodingError> {
        let length = match marker {
            Marker::FixArray(length) => length.into(),
            Marker::Array16 => self.length_16()?,
            Marker::Array32 => self.length_32()?,
            marker => return Err(unexpected("an array", marker)),
        };
        self.plausible(length)
    }

    pub(super) fn pairs(&mut self, marker: Marker) -> Result<usize, InvalidEncodingError> {
        let length = match marker {
            Marker::FixMap(length) => length.into(),
            Marker::Map16 => self.length_16()?,
            Marker::Map32 => self.length_32()?,
            marker => return Err(unexpected("a map", marker)),
        };
        self.plausible(length)
    }

    /// The length of an extension's body.
    fn extension(&mut self, marker: Marker) -> Result<usize, InvalidEncodingError> {
        match marker {
            Marker::FixExt1 => Ok(1),
            Marker::FixExt2 => Ok(2),
            Marker::FixExt4 => Ok(4),
            Marker::FixExt8 => Ok(8),
            Marker::FixExt16 => Ok(16),
            Marker::Ext8 => self.length_8(),
            Marker::Ext16 => self.length_16(),
            Marker::Ext32 => self.length_32(),
            marker => Err(unexpected("an extension", marker)),
        }
    }

    /// Every element takes a byte at least: a length beyond that is a lie, and must not make us reserve memory.
    fn plausible(&self, length: usize) -> Result<usize, InvalidEncodingError> {
        if length <= self.left() { Ok(length) } else { Err(InvalidEncodingError::Truncated) }
    }

    pub(super) fn marker(&mut self) -> Result<Marker, InvalidEncodingError> {
        read_marker(&mut self.bytes).map_err(|_| InvalidEncodingError::Truncated)
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.remaining_slice().len()
    }

    fn length_8(&mut self) -> Result<usize, InvalidEncodingError> {
        self.byte().map(usize::from)
    }

    fn length_16(&mut self) -> Result<usize, InvalidEncodingError> {
        self.array_of().map(u16::from_be_bytes).map(usize::from)
    }

    fn length_32(&mut self) -> Result<usize, InvalidEncodingError> {
        let length = u32::from_be_bytes(self.array_of()?);
        usize::try_from(length).map_err(|_| InvalidEncodingError::Truncated)
    }

    fn byte(&mut self) -> Result<u8, InvalidEncodingError> {
        self.bytes.read_u8().map_err(|_| InvalidEncodingError::Truncated)
    }

    fn array_of<const N: usize>(&mut self) -> Result<[u8; N], InvalidEncodingError> {
        let mut array = [0; N];
        self.bytes.read_exact_buf(&mut array).map_err(|_| InvalidEncodingError::Truncated)?;
        Ok(array)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], InvalidEncodingError> {
        let (taken, rest) =
            self.bytes.remaining_slice().split_at_checked(length).ok_or(InvalidEncodingError::Truncated)?;
        self.bytes = Bytes::new(rest);
        Ok(taken)
    }
}

fn is_text(marker: Marker) -> bool {
    matches!(marker, Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32)
}

fn is_extension(marker: Marker) -> bool {
    use Marker::{Ext8, Ext16, Ext32, FixExt1, FixExt2, FixExt4, FixExt8, FixExt16};
    matches!(marker, FixExt1 | FixExt2 | FixExt4 | FixExt8 | FixExt16 | Ext8 | Ext16 | Ext32)
}

pub(super) fn insert_once(
    parts: &mut BTreeMap<String, Value>,
    key: String,
    part: Value,
) -> Result<(), InvalidEncodingError> {
    match parts.entry(key) {
        std::collections::btree_map::Entry::Occupied(taken) => {
            Err(InvalidEncodingError::DuplicateKey(taken.key().clone()))
        }
        std::collections::btree_map::Entry::Vacant(free) => {
            free.insert(part);
            Ok(())
        }
    }
}

fn unexpected(expected: &str, marker: Marker) -> InvalidEncodingError {
    InvalidEncodingError::unexpected(expected, format!("{marker:?}"))
}

pub(super) type Written = Result<(), encode::ValueWriteError>;

fn write(bytes: &mut Vec<u8>, value: &Value) -> Written {
    match value {
        Value::Null => encode::write_nil(bytes).map_err(encode::ValueWriteError::InvalidMarkerWrite),
        Value::Unknown(refinement) => write_unknown(bytes, refinement.as_deref()),
        Value::Bool(value) => {
            encode::write_bool(bytes, *value).map_err(encode::ValueWriteError::InvalidMarkerWrite)
        }
        Value::String(text) => encode::write_str(bytes, text),
        Value::Number(number) => write_number(bytes, number),
        Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) => {
            encode::write_array_len(bytes, length(elements.len()))?;
            elements.iter().try_for_each(|element| write(bytes, element))
        }
        Value::Map(parts) | Value::Object(parts) => {
            encode::write_map_len(bytes, length(parts.len()))?;
            parts.iter().try_for_each(|(name, part)| {
                encode::write_str(bytes, name)?;
                write(bytes, part)
            })
        }
        Value::Dynamic(typed) => {
            encode::write_array_len(bytes, 2)?;
            encode::write_bin(bytes, typed.0.to_json().as_bytes())?;
            write(bytes, &typed.1)
        }
    }
}

pub(super) fn write_number(bytes: &mut Vec<u8>, number: &Number) -> Written {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => encode::write_sint(bytes, whole).map(drop),
        (None, Some(whole)) => encode::write_uint(bytes, whole).map(drop),
        (None, None) if number.is_infinite() => encode::write_f64(bytes, number.to_f64()),
        // Exact, as a float would often not be.
        (None, None) => encode::write_str(bytes, &number.to_string()),
    }
}

fn write_unknown(bytes: &mut Vec<u8>, refinement: Option<&super::Refinement>) -> Written {
    let (code, body) = match refinement.map(refinement::encode) {
        Some(body) if !body.is_empty() => (refinement::EXTENSION, body),
        _ => (0, vec![0]),
    };
    encode::write_ext_meta(bytes, length(body.len()), code)?;
    bytes.extend(body);
    Ok(())
}

/// No value in memory has more than four billion elements: it could not have come or gone in a message of 256 MiB.
fn length(length: usize) -> u32 {
    length.try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refinement;

    #[track_caller]
    fn check(bytes: &[u8], ty: &Type, value: &Value) {
        assert_eq!(decode(bytes, ty).as_ref(), Ok(value));
        assert_eq!(decode(&encode(value), ty).as_ref(), Ok(value));
    }

    #[track_caller]
    fn reject(bytes: &[u8], ty: &Type, error: &str) {
        let rejected = decode(bytes, ty).unwrap_err().to_string();
        assert!(rejected.contains(error), "{rejected}");
    }

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    #[test]
    fn numbers_come_in_four_shapes() {
        check(&[0x07], &Type::Number, &number("7"));
        check(&[0xff], &Type::Number, &number("-1"));
        check(&[0xcd, 1, 0], &Type::Number, &number("256"));
        check(&[&[0xcf][..], &[0xff; 8]].concat(), &Type::Number, &number("18446744073709551615"));
        check(&[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], &Type::Number, &number("-9223372036854775808"));
        check(&[0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0], &Type::Number, &number("0.5"));
        check(&[0xca, 0x3f, 0, 0, 0], &Type::Number, &number("0.5"));
        check(&[0xa3, b'0', b'.', b'1'], &Type::Number, &number("0.1"));
        let infinity = Value::Number(f64::INFINITY.try_into().unwrap());
        check(&[0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], &Type::Number, &infinity);
        reject(&[0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], &Type::Number, "not a number");
    }

    #[test]
    fn unknown_values_may_be_refined() {
        check(&[0xd4, 0, 0], &Type::String, &Value::UNKNOWN);
        // As Terraform 1.11 sends `"x-${unknown}"`.
        let body = [0x82, 1, 0xc2, 2, 0xa2, b'x', b'-'];
        let refined = Refinement { prefix: Some("x-".into()), ..Refinement::not_null() };
        check(&[&[0xc7, 7, 12], &body[..]].concat(), &Type::String, &Value::Unknown(refined.boxed()));
        let everything = Refinement {
            lower: Some((3.into(), true)),
            upper: Some(("0.1".parse().unwrap(), false)),
            min_length: Some(1),
            max_length: Some(300),
            ..Refinement::not_null()
        };
        let value = Value::Unknown(everything.boxed());
        assert_eq!(decode(&encode(&value), &Type::Number), Ok(value));
    }

    #[test]
    fn refinements_that_cannot_be_read_are_dropped() {
        let unknown = |body: &[u8]| {
            let length = u8::try_from(body.len()).unwrap();
            decode(&[&[0xc7, length, 12], body].concat(), &Type::String)
        };
        assert_eq!(unknown(&[]), Ok(Value::UNKNOWN));
        assert_eq!(unknown(&[0xc1, 1, 2]), Ok(Value::UNKNOWN));
        assert_eq!(unknown(&[0x81, 99, 0xc0]), Ok(Value::UNKNOWN));
        assert_eq!(unknown(&[0xdf, 0xff, 0xff, 0xff, 0xff, 1, 0xc2]), Ok(Value::UNKNOWN));
        assert_eq!(unknown(&[0x81, 1, 0xc0]), Ok(Value::UNKNOWN));
        assert_eq!(unknown(&[0x81, 3, 0x92, 7, 1]), Ok(Value::UNKNOWN));
        assert_eq!(unknown(&[0x82, 1, 0xc2, 99, 0xc0]), Ok(Value::Unknown(Refinement::not_null().boxed())));
        assert_eq!(decode(&[0xd4, 77, 5], &Type::Number), Ok(Value::UNKNOWN));
    }

    #[test]
    fn dynamic_values_bring_their_type() {
        let json = br#"["object",{"a":"number"}]"#;
        let bytes =
            [&[0x92, 0xc4, u8::try_from(json.len()).unwrap()], &json[..], &[0x81, 0xa1, b'a', 2]].concat();
        let ty = Type::object([("a", Type::Number)]);
        check(&bytes, &Type::Dynamic, &Value::Dynamic(Box::new((ty, Value::object([("a", 2.into())])))));
        check(&[0xc0], &Type::Dynamic, &Value::Null);
        check(&[0xd4, 0, 0], &Type::Dynamic, &Value::UNKNOWN);
    }

    #[test]
    fn keys_are_composed() {
        let decomposed = [&[0x81, 0xa3], "e\u{301}".as_bytes(), &[0xc3]].concat();
        let composed = Value::Map([("\u{e9}".to_owned(), true.into())].into());
        check(&decomposed, &Type::map(Type::Bool), &composed);
    }

    #[test]
    fn objects_have_exactly_their_attributes() {
        let ty = Type::object([("a", Type::Bool)]);
        check(&[0x81, 0xa1, b'a', 0xc3], &ty, &Value::object([("a", true.into())]));
        reject(&[0x80], &ty, r#"the attribute "a" is missing"#);
        reject(&[0x81, 0xa1, b'b', 0xc3], &ty, r#"there is no attribute "b""#);
        reject(&[0x82, 0xa1, b'a', 0xc3, 0xa1, b'a', 0xc3], &ty, r#"the key "a" occurs twice"#);
    }

    #[test]
    fn an_error_says_where_it_is() {
        let ty = Type::object([("a", Type::map(Type::list(Type::Bool)))]);
        let bytes = [0x81, 0xa1, b'a', 0x81, 0xa1, b'k', 0x92, 0xc3, 0x07];
        reject(&bytes, &ty, r#"a["k"][1]: expected a bool, found"#);
        reject(&[0x91, 0x07], &Type::set(Type::Bool), "expected a bool, found");
    }

    #[test]
    fn rejects_what_is_not_of_the_type() {
        reject(&[], &Type::Bool, "ends too early");
        reject(&[0xc3, 0xc3], &Type::Bool, "1 bytes follow");
        reject(&[0xa1, 0xff], &Type::String, "not UTF-8");
        reject(&[0xc3], &Type::String, "expected a string");
        reject(&[0xdd, 0xff, 0xff, 0xff, 0xff], &Type::list(Type::Bool), "ends too early");
        let deep = (0..100).fold(Type::Bool, |ty, _| Type::list(ty));
        reject(&[&[0x91; 100][..], &[0xc3]].concat(), &deep, "nested too deeply");
    }
}
