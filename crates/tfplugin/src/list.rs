use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::Sender;

use crate::erased::Typed;
use crate::schema::Schema;
use crate::{Context, Diagnostics, DynListResource, Registered, Value, to_value};

/// A list resource: finds the objects that a managed resource could manage, for `terraform query` (Terraform 1.14).
///
/// Its [`name`](Self::name) is that of the managed resource, which must have an identity.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list resource of a provider whose client is `{C}`",
    note = "write `impl ListResource<{C}> for {Self}`, with the type that the provider's `Client` has"
)]
pub trait ListResource<C: Send + Sync + 'static = ()>: Send + Sync + 'static {
    /// The model of the `config` block; `()` if there is nothing to configure.
    type Config: DeserializeOwned + Send + Sync;

    /// The model of the managed resource.
    type Model: Serialize + Send + Sync;

    /// The whole name, such as `example_server`.
    fn name(&self) -> &str;

    /// The shape of the `config` block.
    fn schema(&self) -> Schema {
        Schema::new("")
    }

    /// Checks the configuration, which may hold unknown values. It is not called while a value is unknown that the model
    /// has no place for.
    fn validate(
        &self,
        _config: &Self::Config,
        _context: &Context,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        async { Ok(()) }
    }

    /// Adds every object to the listing, as [`read`](crate::Resource::read) would find it, until there are no more or the listing
    /// [is full](Listing::is_full).
    fn list(
        &self,
        config: Self::Config,
        listing: &Listing<Self::Model>,
        context: &Context<C>,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send;
}

/// The list resources of a provider: `ListResources::new().with(One).with(Other)`.
pub type ListResources<C = ()> = Registered<dyn DynListResource, C>;

impl<C: Send + Sync + 'static> ListResources<C> {
    /// Adds one.
    #[must_use]
    pub fn with(self, list_resource: impl ListResource<C>) -> Self {
        self.and(Box::new(Typed::new(list_resource)))
    }
}

/// Where a [`ListResource`] puts what it finds.
pub struct Listing<M> {
    sink: Arc<Sink>,
    model: PhantomData<fn(M)>,
}

/// An object of a listing: the name by which people know it, and its state.
pub(crate) type Listed = (String, Value);

pub(crate) struct Sink {
    objects: Sender<Listed>,
    left: AtomicU64,
}

impl<M> Listing<M> {
    /// A listing of at most so many objects, which arrive at the other end of the channel.
    pub fn new(objects: Sender<(String, Value)>, limit: u64) -> Self {
        Listing { sink: Arc::new(Sink { objects, left: AtomicU64::new(limit) }), model: PhantomData }
    }

    pub(crate) fn of<N>(other: &Listing<N>) -> Self {
        Listing { sink: Arc::clone(&other.sink), model: PhantomData }
    }

    /// Whether more objects than were asked for, or than anybody waits for, would be added.
    pub fn is_full(&self) -> bool {
        self.sink.left.load(Ordering::Relaxed) == 0 || self.sink.objects.is_closed()
    }
}

impl<M: Serialize> Listing<M> {
    /// Adds an object, under the name by which people know it; none if the listing is full. It waits while Terraform is behind.
    pub async fn add(&self, display_name: impl Into<String>, object: &M) -> Result<(), Diagnostics> {
        let taken =
            self.sink.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if taken.is_ok() {
            let listed = (display_name.into(), to_value(object)?);
            // Nobody waits for it any more.
            let _ = self.sink.objects.send(listed).await;
        }
        Ok(())
    }
}

impl<M> fmt::Debug for Listing<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").field("left", &self.sink.left).finish_non_exhaustive()
    }
}
