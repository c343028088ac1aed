use rmp::{Marker, encode};

use super::encoding::InvalidEncodingError;
use super::msgpack::{Reader, Written, write_number};
use crate::Number;

/// What is certain about a value that is not known yet.
///
/// Terraform refines an unknown string such as `"x-${id}"` to "not null, starts with `x-`". Nothing here is ever required.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Refinement {
    /// `Some(false)`: certainly not null.
    pub null: Option<bool>,
    /// A string starts with this.
    pub prefix: Option<String>,
    /// A number is at least this, or above it if the flag is false.
    pub lower: Option<(Number, bool)>,
    /// A number is at most this, or below it if the flag is false.
    pub upper: Option<(Number, bool)>,
    /// A collection has at least this many elements.
    pub min_length: Option<u64>,
    /// A collection has at most this many elements.
    pub max_length: Option<u64>,
}

/// The extension that carries refinements; all others mean unknown and no more.
pub(super) const EXTENSION: i8 = 12;

/// Terraform neither writes nor reads longer refinements.
const LONGEST: usize = 1024;

impl Refinement {
    /// Certainly not null, and nothing else.
    pub fn not_null() -> Self {
        Refinement { null: Some(false), ..Self::default() }
    }

    pub(super) fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

/// What a body says, as far as it can be read: keys that are not ours end it, and what came before still holds.
pub(super) fn decode(body: &[u8]) -> Refinement {
    let mut refinement = Refinement::default();
    if body.len() <= LONGEST {
        // Whatever follows the first thing that cannot be read is left out.
        let _ = read(body, &mut refinement);
    }
    refinement
}

fn read(body: &[u8], refinement: &mut Refinement) -> Result<(), InvalidEncodingError> {
    let mut reader = Reader::new(body);
    let marker = reader.marker()?;
    for _ in 0..reader.pairs(marker)? {
        let (key, value) = (reader.marker()?, reader.marker()?);
        match key {
            Marker::FixPos(1) => refinement.null = Some(flag(value)?),
            Marker::FixPos(2) => refinement.prefix = Some(reader.text(value)?.to_owned()),
            Marker::FixPos(3) => refinement.lower = Some(bound(&mut reader, value)?),
            Marker::FixPos(4) => refinement.upper = Some(bound(&mut reader, value)?),
            Marker::FixPos(5) => refinement.min_length = reader.number(value)?.as_u64(),
            Marker::FixPos(6) => refinement.max_length = reader.number(value)?.as_u64(),
            key => return Err(InvalidEncodingError::unexpected("a refinement", format!("{key:?}"))),
        }
    }
    Ok(())
}

fn bound(reader: &mut Reader, marker: Marker) -> Result<(Number, bool), InvalidEncodingError> {
    if reader.array(marker)? != 2 {
        return Err(InvalidEncodingError::unexpected("a bound", format!("{marker:?}")));
    }
    let marker = reader.marker()?;
    let number = reader.number(marker)?;
    Ok((number, flag(reader.marker()?)?))
}

fn flag(marker: Marker) -> Result<bool, InvalidEncodingError> {
    match marker {
        Marker::True => Ok(true),
        Marker::False => Ok(false),
        other => Err(InvalidEncodingError::unexpected("a bool", format!("{other:?}"))),
    }
}

/// The body of the extension; empty if there is nothing to say, or too much.
pub(super) fn encode(refinement: &Refinement) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, refinement).expect("a vector takes all bytes");
    if bytes.len() <= LONGEST && *refinement != Refinement::default() { bytes } else { Vec::new() }
}

fn write(bytes: &mut Vec<u8>, refinement: &Refinement) -> Written {
    let Refinement { null, prefix, lower, upper, min_length, max_length } = refinement;
    let present = [
        null.is_some(),
        prefix.is_some(),
        lower.is_some(),
        upper.is_some(),
        min_length.is_some(),
        max_length.is_some(),
    ];
    encode::write_map_len(bytes, present.into_iter().map(u32::from).sum())?;
    if let Some(null) = null {
        bytes.extend([1, if *null { 0xc3 } else { 0xc2 }]);
    }
    if let Some(prefix) = prefix {
        bytes.push(2);
        encode::write_str(bytes, prefix)?;
    }
    for (key, bound) in [(3, lower), (4, upper)] {
        if let Some((number, inclusive)) = bound {
            bytes.extend([key, 0x92]);
            write_number(bytes, number)?;
            bytes.push(if *inclusive { 0xc3 } else { 0xc2 });
        }
    }
    for (key, length) in [(5, min_length), (6, max_length)] {
        if let Some(length) = length {
            bytes.push(key);
            encode::write_uint(bytes, *length)?;
        }
    }
    Ok(())
}
