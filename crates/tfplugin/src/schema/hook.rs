use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Code of the provider's within a schema. Two are equal if they are one and the same.
pub(crate) struct Hook<T: ?Sized>(Arc<T>);

impl<T: ?Sized> Hook<T> {
    pub(crate) fn new(code: Arc<T>) -> Self {
        Hook(code)
    }
}

impl<T: ?Sized> Deref for Hook<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> Clone for Hook<T> {
    fn clone(&self) -> Self {
        Hook(Arc::clone(&self.0))
    }
}

impl<T: ?Sized> PartialEq for Hook<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: ?Sized> Eq for Hook<T> {}

impl<T: ?Sized> fmt::Debug for Hook<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").finish_non_exhaustive()
    }
}
