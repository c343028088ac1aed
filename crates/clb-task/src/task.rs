use std::{fmt, str::FromStr};

/// The id of a task: the `RequestId` in the response of the asynchronous call.
///
/// Ids look like UUIDs, but nothing promises it; any 1 to 128 visible ASCII characters are taken.
///
/// ```
/// use clb_task::TaskId;
///
/// let id = TaskId::parse("4a1d3c8e-0c6f-4f7b-9d55-9a3c2a1b7e10")?;
/// assert_eq!(id.as_str().len(), 36);
/// assert!(TaskId::parse("two words").is_err());
/// # Ok::<(), clb_task::InvalidTaskError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(Box<str>);

/// The name of an order (`DealName`), which prepaid calls return in place of a task id. Same alphabet as [`TaskId`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DealName(Box<str>);

/// A reference to a task, as `DescribeTaskStatus` takes it: a task id or an order name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskRef {
    /// A task by the id of the call that started it.
    Id(TaskId),
    /// A task by its order.
    Deal(DealName),
}

/// Text that cannot be a task id or an order name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTaskError {
    /// The text is empty.
    #[error("a task id or order name has at least one character")]
    Empty,
    /// More than 128 characters.
    #[error("a task id or order name has at most 128 characters, not {0}")]
    TooLong(usize),
    /// A space, a control character, or one outside ASCII.
    #[error(
        "a task id or order name consists of visible ASCII characters, not {character:?} at position {position}"
    )]
    Character {
        /// The character.
        character: char,
        /// Where it is, in characters from 1.
        position: usize,
    },
}

impl TaskId {
    /// Checks a task id: 1 to 128 visible ASCII characters.
    pub fn parse(text: &str) -> Result<Self, InvalidTaskError> {
        checked(text).map(Self)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl DealName {
    /// Checks an order name: 1 to 128 visible ASCII characters.
    pub fn parse(text: &str) -> Result<Self, InvalidTaskError> {
        checked(text).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TaskRef {
    /// The id or the name as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id(id) => id.as_str(),
            Self::Deal(name) => name.as_str(),
        }
    }
}

impl FromStr for TaskId {
    type Err = InvalidTaskError;

    fn from_str(text: &str) -> Result<Self, InvalidTaskError> {
        Self::parse(text)
    }
}

impl FromStr for DealName {
    type Err = InvalidTaskError;

    fn from_str(text: &str) -> Result<Self, InvalidTaskError> {
        Self::parse(text)
    }
}

impl From<TaskId> for TaskRef {
    fn from(id: TaskId) -> Self {
        Self::Id(id)
    }
}

impl From<DealName> for TaskRef {
    fn from(name: DealName) -> Self {
        Self::Deal(name)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DealName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for TaskRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn checked(text: &str) -> Result<Box<str>, InvalidTaskError> {
    let length = text.chars().count();
    if length == 0 {
        return Err(InvalidTaskError::Empty);
    }
    if length > 128 {
        return Err(InvalidTaskError::TooLong(length));
    }
    match text.chars().enumerate().find(|(_, c)| !c.is_ascii_graphic()) {
        Some((index, character)) => Err(InvalidTaskError::Character { character, position: index + 1 }),
        None => Ok(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(), InvalidTaskError>) {
        assert_eq!(TaskId::parse(text).map(|id| assert_eq!(id.as_str(), text)), expected);
        assert_eq!(DealName::parse(text).map(|name| assert_eq!(name.to_string(), text)), expected);
    }

    #[test]
    fn ids_are_visible_ascii_of_bounded_length() {
        check("4a1d3c8e-0c6f-4f7b-9d55-9a3c2a1b7e10", Ok(()));
        check("!~", Ok(()));
        check(&"x".repeat(128), Ok(()));
        check(&"x".repeat(129), Err(InvalidTaskError::TooLong(129)));
        check("", Err(InvalidTaskError::Empty));
        check("a b", Err(InvalidTaskError::Character { character: ' ', position: 2 }));
        check("ab\n", Err(InvalidTaskError::Character { character: '\n', position: 3 }));
        check("é", Err(InvalidTaskError::Character { character: 'é', position: 1 }));
    }
}
