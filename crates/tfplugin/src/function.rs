use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Context, Diagnostics, DynFunction, Type};

mod arguments;
mod reading;

pub(crate) use arguments::Arguments;

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

/// The parameters and the result of a [`Function`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub(crate) output: Type,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) variadic: Option<Parameter>,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) deprecated: String,
}

/// A parameter of a [`Function`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) null: bool,
    pub(crate) unknown: bool,
    pub(crate) description: String,
}

impl Signature {
    /// A function without parameters, and what it is for in one line.
    pub fn new(summary: impl Into<String>, output: Type) -> Self {
        Signature {
            output,
            parameters: Vec::new(),
            variadic: None,
            summary: summary.into(),
            description: String::new(),
            deprecated: String::new(),
        }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Takes any number of further arguments.
    #[must_use]
    pub fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    /// What it does, in Markdown.
    #[must_use]
    pub fn description(mut self, markdown: impl Into<String>) -> Self {
        self.description = markdown.into();
        self
    }

    /// Marks it as deprecated; the message names the replacement.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Self {
        self.deprecated = message.into();
        self
    }

    /// The type of the argument at this place.
    pub(crate) fn parameter_at(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.variadic.as_ref())
    }
}

impl Parameter {
    /// A parameter that takes known values other than null.
    pub fn new(name: impl Into<String>, ty: Type) -> Self {
        Parameter { name: name.into(), ty, null: false, unknown: false, description: String::new() }
    }

    /// Takes null as well.
    #[must_use]
    pub fn allow_null(mut self) -> Self {
        self.null = true;
        self
    }

    /// Takes unknown values as well. Without it Terraform does not call the function while the argument is unknown.
    #[must_use]
    pub fn allow_unknown(mut self) -> Self {
        self.unknown = true;
        self
    }

    /// What it is, in Markdown.
    #[must_use]
    pub fn description(mut self, markdown: impl Into<String>) -> Self {
        self.description = markdown.into();
        self
    }
}

/// The functions of a provider: `vec![Box::new(One), Box::new(Other)]`.
pub type Functions = Vec<Box<dyn DynFunction>>;
