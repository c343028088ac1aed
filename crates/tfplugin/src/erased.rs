//! The type-erased forms of the traits that authors implement: object-safe, over [`Value`](crate::Value)s instead of models, and
//! implemented for every one. Nobody else implements them.

use std::fmt;
use std::marker::PhantomData;

mod action;
mod data_source;
mod ephemeral;
mod function;
mod list;
mod provider;
mod resource;

pub use action::DynAction;
pub use data_source::DynDataSource;
pub use ephemeral::DynEphemeralResource;
pub use function::DynFunction;
pub use list::DynListResource;
pub(crate) use provider::DynClient;
pub use provider::DynProvider;
pub use resource::DynResource;

/// What a provider registers of one kind, in the order in which it was added. `C` is the provider's client.
pub struct Registered<T: ?Sized, C = ()> {
    objects: Vec<Box<T>>,
    client: PhantomData<fn() -> C>,
}

impl<T: ?Sized, C> Registered<T, C> {
    /// Nothing yet.
    pub fn new() -> Self {
        Registered { objects: Vec::new(), client: PhantomData }
    }

    pub(crate) fn and(mut self, object: Box<T>) -> Self {
        self.objects.push(object);
        self
    }
}

impl<T: ?Sized, C> Default for Registered<T, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized, C> IntoIterator for Registered<T, C> {
    type Item = Box<T>;
    type IntoIter = std::vec::IntoIter<Box<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.objects.into_iter()
    }
}

impl<T: ?Sized, C> fmt::Debug for Registered<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registered").field("len", &self.objects.len()).finish_non_exhaustive()
    }
}

/// An implementation together with the client that it takes.
pub(crate) struct Typed<T, C> {
    inner: T,
    client: PhantomData<fn() -> C>,
}

impl<T, C> Typed<T, C> {
    pub(crate) fn new(inner: T) -> Self {
        Typed { inner, client: PhantomData }
    }
}

use sealed::Sealed;

mod sealed {
    pub trait Sealed {}

    impl<T, C> Sealed for super::Typed<T, C> {}
}
