use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::erased::Typed;
use crate::schema::Schema;
use crate::{Context, Diagnostics, DynDataSource, Registered};

/// A data source: reads something that exists, with the provider's client `C`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no data source of a provider whose client is `{C}`",
    note = "write `impl DataSource<{C}> for {Self}`, with the type that the provider's `Client` has"
)]
pub trait DataSource<C: Send + Sync + 'static = ()>: Send + Sync + 'static {
    /// The model of the configuration.
    type Config: DeserializeOwned + Send + Sync;

    /// The model of the result: configuration and computed attributes.
    type State: Serialize;

    /// The whole name, such as `example_server`.
    fn name(&self) -> &str;

    /// The shape of configuration and result.
    fn schema(&self) -> Schema;

    /// Checks the configuration, which may hold unknown values. It is not called while a value is unknown that the model
    /// has no place for, and always before a read.
    fn validate(
        &self,
        _config: &Self::Config,
        _context: &Context,
    ) -> impl Future<Output = Result<(), Diagnostics>> + Send {
        async { Ok(()) }
    }

    /// Reads. The configuration is wholly known, and so must be the result, which repeats it.
    fn read(
        &self,
        config: Self::Config,
        context: &Context<C>,
    ) -> impl Future<Output = Result<Self::State, Diagnostics>> + Send;
}

/// The data sources of a provider: `DataSources::new().with(One).with(Other)`.
pub type DataSources<C = ()> = Registered<dyn DynDataSource, C>;

impl<C: Send + Sync + 'static> DataSources<C> {
    /// Adds one.
    #[must_use]
    pub fn with(self, data_source: impl DataSource<C>) -> Self {
        self.and(Box::new(Typed::new(data_source)))
    }
}
