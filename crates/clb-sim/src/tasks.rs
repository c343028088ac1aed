//! The tasks that the service knows.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::task_script::{TaskDuration, TaskOutcome, TaskScript};

/// How a poll names a task: by the id of the call that started it, or by its order.
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
    polls: u64,
    completed: Option<Duration>,
    /// The name under which a test scripted it; such a task must be polled.
    scripted: Option<String>,
}

impl Tasks {
    /// Starts a task that a test scripted under this name.
    pub(crate) fn script(&mut self, name: TaskName, script: TaskScript, now: Duration) {
        let scripted = Some(name.as_str().to_owned());
        let run = Run { script, started: now, polls: 0, completed: None, scripted };
        self.start(vec![name], run);
    }

    /// Starts the task of an asynchronous action, known under all these names.
    pub(crate) fn begin(&mut self, names: Vec<TaskName>, script: TaskScript, now: Duration) -> usize {
        self.start(names, Run { script, started: now, polls: 0, completed: None, scripted: None })
    }

    /// When and how a task completed, if it has by now.
    pub(crate) fn completion(&self, index: usize, now: Duration) -> Option<Completion> {
        self.runs.get(index)?.completion(now)
    }

    fn start(&mut self, names: Vec<TaskName>, run: Run) -> usize {
        let index = self.runs.len();
        self.runs.push(run);
        for name in names {
            self.replace(name, index);
        }
        index
    }

    /// Makes the service forget a task.
    pub(crate) fn forget(&mut self, name: &TaskName) {
        self.names.remove(name);
    }

    /// Polls a task once: what `DescribeTaskStatus` returns, or `None` if the service does not know the task.
    pub(crate) fn poll(&mut self, name: &TaskName, now: Duration) -> Option<Map<String, Value>> {
        let index = *self.names.get(name)?;
        self.runs.get_mut(index)?.poll(now)
    }

    /// Describes each scripted task that was not polled until it completed.
    pub(crate) fn unmet(&self) -> impl Iterator<Item = String> {
        self.runs.iter().filter_map(Run::unmet)
    }

    /// Gives a name to a run. The run that had the name before is expected to be polled no longer.
    fn replace(&mut self, name: TaskName, index: usize) {
        let before = self.names.insert(name, index);
        if let Some(run) = before.and_then(|before| self.runs.get_mut(before)) {
            run.scripted = None;
        }
    }
}

/// How a task completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Completion {
    /// Time since the simulator's start.
    pub(crate) at: Duration,
    pub(crate) has_succeeded: bool,
}

impl Run {
    fn completion(&self, now: Duration) -> Option<Completion> {
        let at = match self.script.duration {
            TaskDuration::Time(duration) => self.started.checked_add(duration).filter(|end| *end <= now),
            TaskDuration::Polls(_) | TaskDuration::Forever => self.completed,
        };
        let has_succeeded = self.script.outcome == TaskOutcome::Succeeds;
        at.map(|at| Completion { at, has_succeeded })
    }

    fn poll(&mut self, now: Duration) -> Option<Map<String, Value>> {
        if self.is_forgotten(now) {
            return None;
        }
        self.polls += 1;
        if !self.is_complete(now) {
            return Some(status(json!(2)));
        }
        self.completed.get_or_insert(now);
        Some(self.result())
    }

    fn is_complete(&self, now: Duration) -> bool {
        match self.script.duration {
            TaskDuration::Time(duration) => now >= self.started.saturating_add(duration),
            TaskDuration::Polls(running) => self.polls > running,
            TaskDuration::Forever => false,
        }
    }

    fn is_forgotten(&self, now: Duration) -> bool {
        let end = match self.script.duration {
            TaskDuration::Time(duration) => Some(self.started.saturating_add(duration)),
            TaskDuration::Polls(_) | TaskDuration::Forever => self.completed,
        };
        end.zip(self.script.forgotten_after).is_some_and(|(end, after)| now >= end.saturating_add(after))
    }

    fn result(&self) -> Map<String, Value> {
        match &self.script.outcome {
            TaskOutcome::Succeeds => {
                with(status(json!(0)), "LoadBalancerIds", json!(self.script.load_balancers))
            }
            TaskOutcome::Fails(message) if message.is_empty() => status(json!(1)),
            TaskOutcome::Fails(message) => with(status(json!(1)), "Message", json!(message)),
            TaskOutcome::Reports(value) => status(value.clone()),
            TaskOutcome::OmitsStatus => Map::new(),
        }
    }

    fn unmet(&self) -> Option<String> {
        let name = self.scripted.as_ref()?;
        let completes = self.script.duration != TaskDuration::Forever;
        match (self.polls, completes, self.completed) {
            (0, _, _) => Some(format!("task {name} was never polled")),
            (polls, true, None) => Some(format!("task {name} did not complete in {polls} polls")),
            _ => None,
        }
    }
}

fn status(value: Value) -> Map<String, Value> {
    Map::from_iter([("Status".to_owned(), value)])
}

fn with(mut body: Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    body.insert(name.to_owned(), value);
    body
}
