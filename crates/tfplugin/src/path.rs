use std::fmt;

use crate::Value;

/// The way from the root of a configuration to one of its parts.
///
/// ```
/// use tfplugin::AttributePath;
///
/// let path = AttributePath::from("polling").attribute("interval");
/// assert_eq!(path.to_string(), "polling.interval");
/// assert_eq!(AttributePath::from("tags").key("env").to_string(), r#"tags["env"]"#);
/// assert_eq!(AttributePath::from(["rule", "port"]), AttributePath::from("rule").attribute("port"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributePath {
    steps: Vec<Step>,
}

/// One step of an [`AttributePath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Step {
    /// To an attribute or block of an object.
    Attribute(String),
    /// To the element of a map.
    Key(String),
    /// To the element of a list, counted from 0.
    Index(usize),
    /// To the element of a set. Terraform knows no such step: it is shown the set.
    Element(Value),
}

impl AttributePath {
    /// The value as a whole.
    pub fn root() -> Self {
        Self::default()
    }

    /// On to an attribute or block.
    #[must_use]
    pub fn attribute(self, name: impl Into<String>) -> Self {
        self.step(Step::Attribute(name.into()))
    }

    /// On to the element of a map.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        self.step(Step::Key(key.into()))
    }

    /// On to the element of a list, counted from 0.
    #[must_use]
    pub fn index(self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// On to the element of a set.
    #[must_use]
    pub fn element(self, element: impl Into<Value>) -> Self {
        self.step(Step::Element(element.into()))
    }

    /// The steps from the root on.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether this is the value as a whole.
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    pub(crate) fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// What goes before a message about it.
    pub(crate) fn prefix(&self) -> String {
        if self.is_root() { String::new() } else { format!("{self}: ") }
    }

    /// The same path seen from one level further out.
    pub(crate) fn within(mut self, step: Step) -> Self {
        self.steps.insert(0, step);
        self
    }
}

impl From<&str> for AttributePath {
    fn from(name: &str) -> Self {
        Self::root().attribute(name)
    }
}

impl From<String> for AttributePath {
    fn from(name: String) -> Self {
        Self::root().attribute(name)
    }
}

impl From<&AttributePath> for AttributePath {
    fn from(path: &AttributePath) -> Self {
        path.clone()
    }
}

impl<const N: usize> From<[&str; N]> for AttributePath {
    /// Attributes and blocks nested in each other.
    fn from(names: [&str; N]) -> Self {
        names.into_iter().fold(Self::root(), AttributePath::attribute)
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Element(element) => write!(f, "[{element}]")?,
            }
        }
        Ok(())
    }
}
