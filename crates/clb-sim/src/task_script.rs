//! What a task does.

use std::time::Duration;

use serde_json::Value;

/// What a task does: how long it runs, how it ends, and when the service forgets it.
///
/// ```
/// # use std::time::Duration;
/// # use clb_sim::TaskScript;
/// let done = TaskScript::runs_for_questions(3).then_succeeds().with_load_balancers(["lb-1"]);
/// let failed = TaskScript::runs_for(Duration::from_secs(2)).then_fails("the port is taken");
/// let odd = TaskScript::runs_for_questions(0).then_answers(7);
/// assert!(done != failed && failed != odd);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TaskScript {
    pub(crate) length: Length,
    pub(crate) ending: Ending,
    pub(crate) load_balancers: Vec<String>,
    pub(crate) forgotten_after: Option<Duration>,
}

/// A task whose length is known and whose end is not: one of the `then_…` methods makes it a [`TaskScript`].
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct RunningTask(Length);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Length {
    Time(Duration),
    Questions(u64),
    Forever,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ending {
    Succeeds,
    Fails(String),
    Answers(Value),
    LacksStatus,
}

impl TaskScript {
    /// Runs for so long, counted from when the script is given to the simulator or its action is called.
    pub fn runs_for(duration: Duration) -> RunningTask {
        RunningTask(Length::Time(duration))
    }

    /// Is seen running by so many questions; the next one sees its end.
    pub fn runs_for_questions(questions: u64) -> RunningTask {
        RunningTask(Length::Questions(questions))
    }

    /// Is over before the first question.
    pub fn is_over() -> RunningTask {
        RunningTask(Length::Questions(0))
    }

    /// Never ends.
    pub fn runs_forever() -> Self {
        RunningTask(Length::Forever).then_succeeds()
    }

    /// Names these load balancers once it has succeeded.
    #[must_use]
    pub fn with_load_balancers<T: Into<String>>(mut self, ids: impl IntoIterator<Item = T>) -> Self {
        self.load_balancers = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Is unknown to the service from so long after its end. The end of a task that runs for a number of questions
    /// is when it is first seen.
    #[must_use]
    pub fn forgotten_after(mut self, duration: Duration) -> Self {
        self.forgotten_after = Some(duration);
        self
    }
}

impl RunningTask {
    /// Ends with status 0.
    #[must_use]
    pub fn then_succeeds(self) -> TaskScript {
        self.then(Ending::Succeeds)
    }

    /// Ends with status 1 and this reason; an empty one is left out of the answer.
    #[must_use]
    pub fn then_fails(self, message: impl Into<String>) -> TaskScript {
        self.then(Ending::Fails(message.into()))
    }

    /// Ends with a status that is not documented: any JSON value, such as `7`, `-1`, `1.5`, `"0"` or null.
    #[must_use]
    pub fn then_answers(self, status: impl Into<Value>) -> TaskScript {
        self.then(Ending::Answers(status.into()))
    }

    /// Ends with an answer that has no status.
    #[must_use]
    pub fn then_lacks_status(self) -> TaskScript {
        self.then(Ending::LacksStatus)
    }

    fn then(self, ending: Ending) -> TaskScript {
        TaskScript { length: self.0, ending, load_balancers: Vec::new(), forgotten_after: None }
    }
}
