use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Context, Diagnostics, DynFunction, Registered};

mod arguments;
mod signature;

pub(crate) use arguments::Arguments;
pub use signature::{Parameter, Signature};

/// A function, called as `provider::example::name(...)` (Terraform 1.8). It computes: the same arguments give the same result,
/// and the provider is not configured when it is called.
pub trait Function: Send + Sync + 'static {
    /// The model of the arguments: a struct with a field for each parameter's name, or a tuple. The variadic parameter, if
    /// there is one, comes last, as a `Vec`.
    type Arguments: DeserializeOwned + Send;

    /// The model of the result.
    type Output: Serialize;

    /// The name, without the provider's.
    fn name(&self) -> &str;

    /// Parameters and result.
    fn signature(&self) -> Signature;

    /// Computes. An error whose path begins with a parameter's name is shown at that argument.
    fn call(
        &self,
        arguments: Self::Arguments,
        context: &Context,
    ) -> impl Future<Output = Result<Self::Output, Diagnostics>> + Send;
}

/// The functions of a provider: `Functions::new().with(One).with(Other)`.
pub type Functions = Registered<dyn DynFunction>;

impl Functions {
    /// Adds one.
    #[must_use]
    pub fn with(self, function: impl Function) -> Self {
        self.and(Box::new(function))
    }
}
