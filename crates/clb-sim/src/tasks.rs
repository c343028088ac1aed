//! The tasks that the service knows.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::task_script::{Ending, Length, TaskScript};

/// How a question names a task: by the id of the call that started it, or by its order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TaskName {
    Id(String),
    Deal(String),
}

impl TaskName {
    pub(crate) fn as_str(&self) -> &str {
        let (Self::Id(text) | Self::Deal(text)) = self;
        text
    }
}

/// The tasks that the service knows.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    runs: Vec<Run>,
    names: HashMap<TaskName, usize>,
}

#[derive(Debug)]
struct Run {
    script: TaskScript,
    started: Duration,
    questions: u64,
    ended: Option<Duration>,
    /// The name under which a test scripted it; such a task must be asked about.
    scripted: Option<String>,
}

impl Tasks {
    /// Starts a task that a test scripted under this name.
    pub(crate) fn script(&mut self, name: TaskName, script: TaskScript, now: Duration) {
        let scripted = Some(name.as_str().to_owned());
        self.start(vec![name], Run { script, started: now, questions: 0, ended: None, scripted });
    }

    /// Starts the task of an asynchronous action, known under all these names.
    pub(crate) fn begin(&mut self, names: Vec<TaskName>, script: TaskScript, now: Duration) {
        self.start(names, Run { script, started: now, questions: 0, ended: None, scripted: None });
    }

    fn start(&mut self, names: Vec<TaskName>, run: Run) {
        let index = self.runs.len();
        self.runs.push(run);
        for name in names {
            self.replace(name, index);
        }
    }

    /// Makes the service forget a task.
    pub(crate) fn forget(&mut self, name: &TaskName) {
        self.names.remove(name);
    }

    /// Asks a task once: what `DescribeTaskStatus` answers, or `None` if the service does not know it.
    pub(crate) fn ask(&mut self, name: &TaskName, now: Duration) -> Option<Map<String, Value>> {
        let index = *self.names.get(name)?;
        self.runs.get_mut(index)?.ask(now)
    }

    /// The scripted tasks that were not asked about until their end, each described.
    pub(crate) fn unmet(&self) -> impl Iterator<Item = String> {
        self.runs.iter().filter_map(Run::unmet)
    }

    /// Gives a name to a run. Of one that had it before nothing is expected any more.
    fn replace(&mut self, name: TaskName, index: usize) {
        let before = self.names.insert(name, index);
        if let Some(run) = before.and_then(|before| self.runs.get_mut(before)) {
            run.scripted = None;
        }
    }
}

impl Run {
    fn ask(&mut self, now: Duration) -> Option<Map<String, Value>> {
        if self.is_forgotten(now) {
            return None;
        }
        self.questions += 1;
        if !self.is_over(now) {
            return Some(status(json!(2)));
        }
        self.ended.get_or_insert(now);
        Some(self.ending())
    }

    fn is_over(&self, now: Duration) -> bool {
        match self.script.length {
            Length::Time(duration) => now >= self.started.saturating_add(duration),
            Length::Questions(running) => self.questions > running,
            Length::Forever => false,
        }
    }

    fn is_forgotten(&self, now: Duration) -> bool {
        let end = match self.script.length {
            Length::Time(duration) => Some(self.started.saturating_add(duration)),
            Length::Questions(_) | Length::Forever => self.ended,
        };
        end.zip(self.script.forgotten_after).is_some_and(|(end, after)| now >= end.saturating_add(after))
    }

    fn ending(&self) -> Map<String, Value> {
        match &self.script.ending {
            Ending::Succeeds => with(status(json!(0)), "LoadBalancerIds", json!(self.script.load_balancers)),
            Ending::Fails(message) if message.is_empty() => status(json!(1)),
            Ending::Fails(message) => with(status(json!(1)), "Message", json!(message)),
            Ending::Answers(value) => status(value.clone()),
            Ending::LacksStatus => Map::new(),
        }
    }

    fn unmet(&self) -> Option<String> {
        let name = self.scripted.as_ref()?;
        let expected_end = self.script.length != Length::Forever;
        match (self.questions, expected_end, self.ended) {
            (0, _, _) => Some(format!("task {name} was never asked about")),
            (questions, true, None) => {
                Some(format!("task {name} was not seen to end in {questions} questions"))
            }
            _ => None,
        }
    }
}

fn status(value: Value) -> Map<String, Value> {
    Map::from_iter([("Status".to_owned(), value)])
}

fn with(mut answer: Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    answer.insert(name.to_owned(), value);
    answer
}
