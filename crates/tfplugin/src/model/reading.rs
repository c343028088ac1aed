//! How often a value is read, and what is left out: serde ends at the first error, and all of them are wanted.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::ModelError;
use super::reader::ValueReader;
use crate::Value;

/// The maximum number of errors that are reported.
const MOST_ERRORS: usize = 50;

/// Each error costs one more reading of the whole.
const MOST_READINGS: usize = 500;

/// One reading of a value: what it leaves out, and what it comes across.
#[derive(Default)]
pub(crate) struct Reading {
    /// Whether the value is one of a schema: then its objects have every attribute, and a model names no other.
    pub(super) of_schema: bool,
    /// Whether an unknown value has gone into a buffer of serde's.
    pub(super) has_buffered_unknown: Cell<bool>,
    left_out: BTreeSet<Vec<usize>>,
    /// Fields that are other names of fields that were read.
    aliases: BTreeSet<Vec<usize>>,
    failed: RefCell<Option<Vec<usize>>>,
    surplus: RefCell<Option<Vec<usize>>>,
}

/// The place of a value within the whole: its position in what is around it.
#[derive(Clone, Copy)]
pub(super) struct Place<'r> {
    pub(super) outer: Option<&'r Place<'r>>,
    pub(super) index: usize,
}

impl Place<'_> {
    fn positions(self) -> Vec<usize> {
        let mut positions = self.outer.map(|outer| outer.positions()).unwrap_or_default();
        positions.push(self.index);
        positions
    }
}

impl Reading {
    pub(crate) fn of_schema() -> Self {
        Reading { of_schema: true, ..Self::default() }
    }

    pub(super) fn leaves_out(&self, place: Place<'_>) -> bool {
        if self.left_out.is_empty() && self.aliases.is_empty() {
            return false;
        }
        let positions = place.positions();
        self.left_out.contains(&positions) || self.aliases.contains(&positions)
    }

    /// Reads the value at this place, and notes it if that fails and nothing within it has.
    pub(super) fn observe<T>(
        &self,
        place: Place<'_>,
        read: impl FnOnce() -> Result<T, ModelError>,
    ) -> Result<T, ModelError> {
        self.mended(read).inspect_err(|_| {
            let positions = place.positions();
            let mut failed = self.failed.borrow_mut();
            if failed.as_ref().is_none_or(|inner| !inner.starts_with(&positions)) {
                *failed = Some(positions);
            }
        })
    }

    /// For an unknown value an untagged enum only reports that no variant matches.
    fn mended<T>(&self, read: impl FnOnce() -> Result<T, ModelError>) -> Result<T, ModelError> {
        let outside = self.has_buffered_unknown.replace(false);
        let read = read();
        let inside = self.has_buffered_unknown.get();
        self.has_buffered_unknown.set(outside || inside);
        read.map_err(
            |error| if inside && error.is_of_no_variant() { ModelError::not_known_yet() } else { error },
        )
    }

    /// A field is shown for which there is no attribute.
    pub(super) fn show_surplus(&self, place: Place<'_>) {
        *self.surplus.borrow_mut() = Some(place.positions());
    }

    fn read<T: DeserializeOwned>(&self, value: &Value) -> Result<T, ModelError> {
        self.mended(|| T::deserialize(ValueReader::new(value, self)))
    }

    /// Whether an error here only follows from what was left out further in.
    fn has_left_out_of(&self, positions: &[usize]) -> bool {
        self.left_out.iter().any(|inner| inner.len() > positions.len() && inner.starts_with(positions))
    }

    /// Leaves out what has failed; false if there is nothing more to leave out.
    fn leave_out(&mut self, positions: Vec<usize>) -> bool {
        !positions.is_empty() && self.left_out.insert(positions)
    }
}

/// Reads a model from a value of its schema, or says everything that is wrong with it.
pub(crate) fn read_all<T: DeserializeOwned>(value: &Value) -> Result<T, Vec<ModelError>> {
    repeatedly(Reading::of_schema(), value)
}

/// [`read_all`] from a value that no schema describes: it may lack what the model can do without.
pub(crate) fn read_all_freely<T: DeserializeOwned>(value: &Value) -> Result<T, Vec<ModelError>> {
    repeatedly(Reading::default(), value)
}

fn repeatedly<T: DeserializeOwned>(mut reading: Reading, value: &Value) -> Result<T, Vec<ModelError>> {
    let mut errors = Vec::new();
    for _ in 0..MOST_READINGS {
        let error = match reading.read(value) {
            Ok(model) if errors.is_empty() => return Ok(model),
            Ok(_) => break,
            Err(error) => error,
        };
        if error.is_of_alias()
            && let Some(alias) = reading.surplus.take()
            && reading.aliases.insert(alias)
        {
            reading.failed.take();
            continue;
        }
        let failed = reading.failed.take().unwrap_or_default();
        if !reading.has_left_out_of(&failed) {
            errors.push(error);
        }
        if errors.len() == MOST_ERRORS || !reading.leave_out(failed) {
            break;
        }
    }
    Err(errors)
}

/// Reads a model from a value that no schema describes.
pub(super) fn read_freely<T: DeserializeOwned>(value: &Value) -> Result<T, ModelError> {
    Reading::default().read(value)
}
