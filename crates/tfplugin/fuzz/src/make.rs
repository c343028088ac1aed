//! Types and values from the fuzzer's bytes.

use arbitrary::{Arbitrary as _, Result, Unstructured};
use tfplugin::{Number, Refinement, Type, Value};
use unicode_normalization::UnicodeNormalization as _;

/// Deep enough for every pair of kinds within each other; the limits of depth have tests of their own.
const DEEPEST: usize = 5;

/// Any type.
pub fn ty(u: &mut Unstructured<'_>) -> Result<Type> {
    ty_at(u, 0)
}

fn ty_at(u: &mut Unstructured<'_>, depth: usize) -> Result<Type> {
    let kinds = if depth < DEEPEST { 8 } else { 3 };
    Ok(match u.int_in_range(0..=kinds)? {
        0 => Type::String,
        1 => Type::Number,
        2 => Type::Bool,
        3 => Type::Dynamic,
        4 => Type::list(ty_at(u, depth + 1)?),
        5 => Type::set(ty_at(u, depth + 1)?),
        6 => Type::map(ty_at(u, depth + 1)?),
        7 => Type::object(several(u, |u| Ok((name(u)?, ty_at(u, depth + 1)?)))?),
        _ => Type::Tuple(several(u, |u| ty_at(u, depth + 1))?),
    })
}

/// A value of this type, perhaps unknown in parts.
pub fn value(u: &mut Unstructured<'_>, ty: &Type) -> Result<Value> {
    value_at(u, ty, 0)
}

fn value_at(u: &mut Unstructured<'_>, ty: &Type, depth: usize) -> Result<Value> {
    let value = |u: &mut Unstructured<'_>, ty: &Type| value_at(u, ty, depth + 1);
    match u.int_in_range(0..=9)? {
        0 => return Ok(Value::Null),
        1 => return Ok(Value::Unknown(refinement(u)?.map(Box::new))),
        _ => {}
    }
    Ok(match ty {
        Type::String => Value::string(<&str>::arbitrary(u)?),
        Type::Number => Value::Number(number(u)?),
        Type::Bool => Value::Bool(bool::arbitrary(u)?),
        Type::List(of) => Value::List(several(u, |u| value(u, of))?),
        Type::Set(of) => Value::set(several(u, |u| value(u, of))?),
        Type::Map(of) => {
            let parts = several(u, |u| Ok((name(u)?.nfc().collect(), value(u, of)?)))?;
            Value::Map(parts.into_iter().collect())
        }
        Type::Object(of) => {
            let parts = of.iter().map(|(name, ty)| Ok((name.clone(), value(u, ty)?)));
            Value::Object(parts.collect::<Result<_>>()?)
        }
        Type::Tuple(of) => Value::Tuple(of.iter().map(|ty| value(u, ty)).collect::<Result<_>>()?),
        Type::Dynamic => {
            let ty = if depth < 4 * DEEPEST { ty_at(u, DEEPEST - 2)? } else { Type::Bool };
            let value = value(u, &ty)?;
            Value::Dynamic(Box::new((ty, value)))
        }
    })
}

/// A value as a careless provider might put it together: of no one type, dynamic with a type that is another's.
pub fn loose(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    let kinds = if depth < DEEPEST { 10 } else { 4 };
    let elements = |u: &mut Unstructured<'_>| several(u, |u| loose(u, depth + 1));
    Ok(match u.int_in_range(0..=kinds)? {
        0 => Value::Null,
        1 => Value::Unknown(refinement(u)?.map(Box::new)),
        2 => Value::Bool(bool::arbitrary(u)?),
        3 => Value::String(name(u)?),
        4 => Value::Number(number(u)?),
        5 => Value::List(elements(u)?),
        6 => Value::Set(elements(u)?),
        7 => Value::Tuple(elements(u)?),
        8 => Value::Map(several(u, |u| Ok((name(u)?, loose(u, depth + 1)?)))?.into_iter().collect()),
        9 => Value::object(several(u, |u| Ok((name(u)?, loose(u, depth + 1)?)))?),
        _ => Value::Dynamic(Box::new((ty_at(u, DEEPEST - 1)?, loose(u, depth + 1)?))),
    })
}

/// Any number, the infinities among them.
pub fn number(u: &mut Unstructured<'_>) -> Result<Number> {
    Ok(match u.int_in_range(0..=3)? {
        0 => Number::from(i64::arbitrary(u)?),
        1 => Number::from(u64::arbitrary(u)?),
        2 => f64::arbitrary(u)?.try_into().unwrap_or(Number::from(0)),
        _ => <&str>::arbitrary(u)?.parse().unwrap_or(Number::from(1)),
    })
}

fn refinement(u: &mut Unstructured<'_>) -> Result<Option<Refinement>> {
    if u.ratio(1, 2)? {
        return Ok(None);
    }
    let refinement = Refinement {
        null: Option::arbitrary(u)?,
        prefix: Option::arbitrary(u)?,
        lower: bound(u)?,
        upper: bound(u)?,
        min_length: Option::arbitrary(u)?,
        max_length: Option::arbitrary(u)?,
    };
    Ok(Some(refinement).filter(|refinement| *refinement != Refinement::default()))
}

fn bound(u: &mut Unstructured<'_>) -> Result<Option<(Number, bool)>> {
    if bool::arbitrary(u)? { Ok(Some((number(u)?, bool::arbitrary(u)?))) } else { Ok(None) }
}

fn name(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=4)? {
        0 => "a".into(),
        1 => "b".into(),
        2 => "type".into(),
        3 => "e\u{301}".into(),
        _ => String::arbitrary(u)?,
    })
}

fn several<T>(
    u: &mut Unstructured<'_>,
    mut each: impl FnMut(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    (0..u.int_in_range(0..=4)?).map(|_| each(u)).collect()
}
