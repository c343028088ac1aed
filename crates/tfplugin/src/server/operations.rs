//! Where operations run: apart from the protocol, so that none of them can delay a response.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;

use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};
use tokio::task::block_in_place;
use tokio_util::task::AbortOnDropHandle;

/// Where the operations of a plugin run.
#[derive(Clone, Debug)]
pub(crate) enum Operations {
    /// In the task that has the call: for tests, whose runtime may have one thread and a clock of its own.
    #[cfg_attr(not(any(feature = "testing", fuzzing)), expect(dead_code, reason = "for tests and fuzzing"))]
    InPlace,
    /// On a runtime of their own, with several threads.
    On(Handle),
}

/// Threads that tasks of operations share. Whatever blocks in an operation itself gets a thread more.
const WORKERS: usize = 2;

impl Operations {
    /// A runtime for operations, unless the provider has brought one.
    pub(crate) fn runtime() -> io::Result<Runtime> {
        Builder::new_multi_thread().worker_threads(WORKERS).thread_name("operations").enable_all().build()
    }

    /// Operations on this runtime. One with a single thread cannot continue while an operation blocks.
    pub(crate) fn on(runtime: &Handle) -> Option<Self> {
        (runtime.runtime_flavor() == RuntimeFlavor::MultiThread).then(|| Operations::On(runtime.clone()))
    }

    /// Runs the work. It is dropped unfinished when its caller is dropped.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        let runtime = match self {
            Operations::InPlace => return work.await,
            Operations::On(runtime) => runtime,
        };
        let done = AbortOnDropHandle::new(runtime.spawn(yielding(work))).await;
        match done.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(done) => done,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            // The runtime goes down, and the process with it.
            Err(Err(_)) => std::future::pending().await,
        }
    }
}

/// The same work, which hands its worker over to another thread whenever it runs: however long it blocks, everything else on the
/// runtime continues.
async fn yielding<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|context| block_in_place(|| work.as_mut().poll(context))).await
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn blocking_operations_leave_room_for_the_others() {
        let runtime = Operations::runtime().unwrap();
        let operations = Operations::on(runtime.handle()).unwrap();
        let (release, blocked) = mpsc::channel::<()>();
        let blocked = std::sync::Arc::new(std::sync::Mutex::new(blocked));
        for _ in 0..4 * WORKERS {
            let (operations, blocked) = (operations.clone(), std::sync::Arc::clone(&blocked));
            let block = async move { blocked.lock().is_ok_and(|blocked| blocked.recv().is_err()) };
            runtime.spawn(async move { operations.run(block).await });
        }
        let free = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            tokio::spawn(async { 5 }).await.unwrap()
        };
        let done =
            Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
                tokio::time::timeout(Duration::from_secs(10), operations.run(free)).await
            });
        drop(release);
        runtime.shutdown_background();
        assert_eq!(done.unwrap(), 5);
    }

    #[test]
    fn a_runtime_of_one_thread_is_rejected() {
        let runtime = Builder::new_current_thread().build().unwrap();
        assert!(Operations::on(runtime.handle()).is_none());
    }

    #[test]
    fn work_that_nobody_waits_for_is_dropped() {
        struct Dropped(mpsc::Sender<()>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                let _ = self.0.send(());
            }
        }
        let runtime = Operations::runtime().unwrap();
        let operations = Operations::on(runtime.handle()).unwrap();
        let (sender, dropped) = mpsc::channel();
        let guard = Dropped(sender);
        let work = async move {
            std::future::pending::<()>().await;
            drop(guard);
        };
        let outside = Builder::new_current_thread().enable_time().build().unwrap();
        let gave_up = outside
            .block_on(async { tokio::time::timeout(Duration::from_millis(50), operations.run(work)).await });
        assert!(gave_up.is_err());
        dropped.recv_timeout(Duration::from_secs(10)).unwrap();
    }
}
