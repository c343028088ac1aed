//! Calls about the same load balancer or target group go one after the other.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use clb_task::TaskRef;
use tokio::sync::{Mutex as FairMutex, OwnedMutexGuard};

/// The resources that calls of this process are about.
///
/// A call takes its turn on every resource that it names, and keeps it until its task completes. A call that is not
/// waited for, or no longer, leaves its task behind: the next one waits for that task before it is sent.
#[derive(Debug, Default)]
pub(crate) struct CallOrder(Mutex<HashMap<String, Arc<Resource>>>);

#[derive(Debug)]
struct Resource {
    id: String,
    /// Gives turns in the order in which they were requested.
    turn: Arc<FairMutex<()>>,
    /// Accepted calls whose tasks are not known to have completed.
    tasks: Mutex<Vec<TaskRef>>,
}

/// The right to send a call about some resources. Others wait until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    resources: Vec<Arc<Resource>>,
    _guards: Vec<OwnedMutexGuard<()>>,
}

impl CallOrder {
    /// Waits for the turn on all of `ids`, which are taken in sorted order, so that no two calls wait for each other.
    /// `on_wait` is told which one is not free.
    pub(crate) async fn turn(&self, ids: &BTreeSet<String>, on_wait: impl Fn(&str)) -> Turn {
        let (mut resources, mut guards) = (Vec::new(), Vec::new());
        for id in ids {
            let resource = self.resource(id);
            let turn = Arc::clone(&resource.turn);
            let guard = if let Ok(guard) = Arc::clone(&turn).try_lock_owned() {
                guard
            } else {
                on_wait(id);
                turn.lock_owned().await
            };
            guards.push(guard);
            resources.push(resource);
        }
        Turn { resources, _guards: guards }
    }

    /// Notes a task that was accepted before, for the calls that come after it.
    pub(crate) fn note(&self, ids: &BTreeSet<String>, task: &TaskRef) -> Accepted {
        let resources = ids.iter().map(|id| self.resource(id)).collect();
        Accepted::new(resources, task)
    }

    fn resource(&self, id: &str) -> Arc<Resource> {
        let mut resources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(resource) = resources.get(id) {
            return Arc::clone(resource);
        }
        resources.retain(|_, resource| Arc::strong_count(resource) > 1 || !resource.tasks().is_empty());
        Arc::clone(resources.entry(id.to_owned()).or_insert_with(|| Arc::new(Resource::new(id))))
    }
}

impl Turn {
    /// Tasks of earlier calls that may still be running.
    pub(crate) fn tasks(&self) -> Vec<(String, TaskRef)> {
        let of = |resource: &Arc<Resource>| {
            let tasks: BTreeSet<_> = resource.tasks().iter().cloned().collect();
            tasks.into_iter().map(|task| (resource.id.clone(), task)).collect::<Vec<_>>()
        };
        let mut tasks: Vec<_> = self.resources.iter().flat_map(of).collect();
        tasks.dedup_by(|a, b| a.1 == b.1);
        tasks
    }

    /// Notes that `task` has completed, or is unknown to the service.
    pub(crate) fn forget(&self, task: &TaskRef) {
        for resource in &self.resources {
            resource.forget(task);
        }
    }

    /// Notes the task of the call that was accepted.
    pub(crate) fn accept(&self, task: &TaskRef) -> Accepted {
        Accepted::new(self.resources.clone(), task)
    }
}

/// A task that keeps its resources from other calls until it is known to have completed.
#[derive(Debug)]
pub(crate) struct Accepted {
    resources: Vec<Arc<Resource>>,
    task: TaskRef,
}

impl Accepted {
    fn new(resources: Vec<Arc<Resource>>, task: &TaskRef) -> Self {
        for resource in &resources {
            resource.tasks().push(task.clone());
        }
        Self { resources, task: task.clone() }
    }

    /// Notes that the task has completed.
    pub(crate) fn complete(&self) {
        for resource in &self.resources {
            resource.forget(&self.task);
        }
    }
}

impl Resource {
    fn new(id: &str) -> Self {
        Self { id: id.to_owned(), turn: Arc::default(), tasks: Mutex::default() }
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<TaskRef>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget(&self, task: &TaskRef) {
        self.tasks().retain(|noted| noted != task);
    }
}
