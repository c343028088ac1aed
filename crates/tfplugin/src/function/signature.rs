use crate::Type;

/// The parameters and the result of a [`Function`](crate::Function).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub(crate) output: Type,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) variadic: Option<Parameter>,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) deprecated: String,
}

/// A parameter of a [`Function`](crate::Function).
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

    /// The type of the result.
    pub fn output(&self) -> &Type {
        &self.output
    }

    /// The parameters, without the variadic one.
    pub fn each_parameter(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter()
    }

    /// The parameter that takes any number of further arguments.
    pub fn variadic_parameter(&self) -> Option<&Parameter> {
        self.variadic.as_ref()
    }

    /// What it is for, in one line.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The description; empty if there is none.
    pub fn markdown(&self) -> &str {
        &self.description
    }

    /// Why it should not be used any more, if that is so.
    pub fn deprecation(&self) -> Option<&str> {
        (!self.deprecated.is_empty()).then_some(&self.deprecated)
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

    /// The name, which errors use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of its arguments.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The description; empty if there is none.
    pub fn markdown(&self) -> &str {
        &self.description
    }

    /// Whether it takes null.
    pub fn allows_null(&self) -> bool {
        self.null
    }
}
