//! Functions that observe calls.

use std::fmt;

use crate::call_record::CallRecord;

/// Functions that are called with the record of every call.
#[derive(Default)]
pub(crate) struct Observers(Vec<Observer>);

type Observer = Box<dyn FnMut(&CallRecord) + Send>;

impl Observers {
    pub(crate) fn add(&mut self, observer: impl FnMut(&CallRecord) + Send + 'static) {
        self.0.push(Box::new(observer));
    }

    pub(crate) fn notify(&mut self, call: &CallRecord) {
        self.0.iter_mut().for_each(|observer| observer(call));
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observers").field(&self.0.len()).finish()
    }
}
