use tonic::async_trait;

use crate::function::Arguments;
use crate::model::Fields;
use crate::{Context, Diagnostics, Function, Signature, Type, Value, to_value};

/// The type-erased form of [`Function`], implemented for every one.
#[async_trait]
pub trait DynFunction: sealed::Sealed + Send + Sync + 'static {
    /// See [`Function::name`].
    fn name(&self) -> &str;

    /// See [`Function::signature`].
    fn signature(&self) -> Signature;

    /// What the arguments name of an object of this type, which has the parameters.
    #[doc(hidden)]
    fn fields(&self, ty: &Type) -> Fields;

    /// See [`Function::call`]; the arguments of a variadic parameter follow the others.
    async fn call(&self, arguments: Vec<Value>, context: &Context) -> Result<Value, Diagnostics>;
}

#[async_trait]
impl<F: Function> DynFunction for F {
    fn name(&self) -> &str {
        Function::name(self)
    }

    fn signature(&self) -> Signature {
        Function::signature(self)
    }

    fn fields(&self, ty: &Type) -> Fields {
        Fields::of::<F::Arguments>(ty)
    }

    async fn call(&self, arguments: Vec<Value>, context: &Context) -> Result<Value, Diagnostics> {
        let arguments = Arguments::new(&Function::signature(self), arguments);
        let arguments = arguments.read().map_err(|error| error.into_diagnostics("Invalid argument"))?;
        let output = Function::call(self, arguments, context).await?;
        Ok(to_value(&output)?)
    }
}

mod sealed {
    pub trait Sealed {}

    impl<T: crate::Function> Sealed for T {}
}
