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

impl Refinement {
    /// Certainly not null, and nothing else.
    pub fn not_null() -> Self {
        Refinement { null: Some(false), ..Self::default() }
    }

    pub(crate) fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}
