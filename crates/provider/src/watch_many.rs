//! Watching many tasks at once, under one budget.

use std::collections::BTreeSet;

use clb_api::clb_task::{Task, TaskStatus};
use clb_api::error_table::{self, ErrorScope};
use tfplugin::{Context, Diagnostics};
use tokio::task::JoinSet;

use crate::session::Session;
use crate::terms::Terms;
use crate::watch::{Ending, Watched, watch};

/// Tasks that are being watched. Dropping it stops all questions.
#[derive(Debug)]
pub(crate) struct Watches {
    open: BTreeSet<Task>,
    watches: JoinSet<Watched>,
}

/// How watching many tasks ended.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Those whose watching has ended.
    pub(crate) watched: Vec<Watched>,
    /// Those that were no longer watched once a question was refused for reasons that hold for all.
    pub(crate) abandoned: BTreeSet<Task>,
}

impl Watches {
    /// Begins to ask about all of them; without tasks nothing is needed, no credentials either.
    pub(crate) fn start(
        session: &Session,
        tasks: impl IntoIterator<Item = Task>,
        terms: &Terms,
        waits: bool,
        context: &Context,
    ) -> Result<Self, Diagnostics> {
        let (mut open, mut watches) = (BTreeSet::new(), JoinSet::new());
        for task in tasks {
            let wait = session.wait(task.clone(), terms, waits)?;
            open.insert(task.clone());
            let context = context.clone();
            watches.spawn(async move { watch(task, wait, &context).await });
        }
        Ok(Self { open, watches })
    }

    /// How many tasks are still watched.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    /// The next task whose watching has ended. It can be asked for anew without losing one.
    pub(crate) async fn next(&mut self) -> Option<Watched> {
        let watched = self.watches.join_next().await?.ok()?;
        self.open.remove(&watched.task);
        Some(watched)
    }

    /// Waits until all have ended, or until one is refused for reasons that hold for all. Each is shown as it comes.
    pub(crate) async fn finish(mut self, mut seen: impl FnMut(&Watched, usize)) -> Outcome {
        let mut outcome = Outcome::default();
        while let Some(watched) = self.next().await {
            seen(&watched, self.open());
            let hopeless = watched.ends_all();
            outcome.watched.push(watched);
            if hopeless {
                break;
            }
        }
        outcome.watched.sort_by(|one, other| one.task.as_str().cmp(other.task.as_str()));
        Outcome { abandoned: self.open, ..outcome }
    }
}

impl Outcome {
    /// Whether each task has come to what was waited for; a failed one only if `failures` are welcome.
    pub(crate) fn is_good(&self, failures: bool) -> bool {
        self.abandoned.is_empty() && self.watched.iter().all(|watched| watched.is_good(failures))
    }
}

impl Watched {
    /// Whether it ended with an answer, and not with a failed task unless `failures` are welcome.
    pub(crate) fn is_good(&self, failures: bool) -> bool {
        matches!(&self.ending, Ending::Answered(report) if failures || report.status != TaskStatus::Failed)
    }

    /// Whether the same refusal awaits every other question: keys, permissions, region, or a client that is not set up.
    fn ends_all(&self) -> bool {
        match &self.ending {
            Ending::Refused(trouble) => {
                trouble.code.as_deref().is_none_or(|code| error_table::scope(code) == ErrorScope::Caller)
            }
            _ => false,
        }
    }
}
