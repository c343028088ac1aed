//! `clb status` and `clb wait`.

use std::{io, time::Duration};

use clb_api::{
    Client,
    clb_task::{TaskRef, WaitEvent, WaitOptions},
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::Instant;

use crate::{
    arguments::{Connection, TaskArguments},
    exit::{Exit, Failure},
    ids,
    output::{self, Output},
    progress::Progress,
    result::{self, Seen, TaskResult},
};

/// For how long `status` repeats a poll that failed in a way that may pass.
const STATUS_TIMEOUT: Duration = Duration::from_secs(30);

/// Polls each task once. The exit code says whether that worked, whatever the states are.
pub(crate) async fn status(
    arguments: TaskArguments,
    connection: Connection,
    output: Output,
    quiet: bool,
) -> Result<Exit, Failure> {
    let options = arguments.timing.options()?.with_wait_for_completion(false);
    let options = options.with_timeout(arguments.timing.timeout.unwrap_or(STATUS_TIMEOUT));
    let results = run(&arguments, connection, output, quiet, options).await?;
    Ok(match result::exit(&results) {
        Exit::Interrupted => Exit::Interrupted,
        _ if results.iter().all(TaskResult::was_polled) => Exit::Succeeded,
        _ => Exit::CouldNotPoll,
    })
}

/// Waits until every task has completed.
pub(crate) async fn wait(
    arguments: TaskArguments,
    connection: Connection,
    output: Output,
    quiet: bool,
) -> Result<Exit, Failure> {
    let options = arguments.timing.options()?;
    Ok(result::exit(&run(&arguments, connection, output, quiet, options).await?))
}

async fn run(
    arguments: &TaskArguments,
    connection: Connection,
    output: Output,
    quiet: bool,
    options: WaitOptions,
) -> Result<Vec<TaskResult>, Failure> {
    let tasks = ids::tasks(arguments)?;
    let client = connection.client()?;
    let progress = Progress::new(&tasks, output, quiet || !options.wait_for_completion);
    let results = wait_for_all(&client, tasks, options, &progress).await;
    progress.finish();
    warn(&client, quiet);
    output::unless_closed(print(&results, output))?;
    Ok(results)
}

/// Waits for all tasks side by side, under one rate limit.
pub(super) async fn wait_for_all(
    client: &Client,
    tasks: Vec<TaskRef>,
    options: WaitOptions,
    progress: &Progress,
) -> Vec<TaskResult> {
    let count = tasks.len();
    let mut waits: FuturesUnordered<_> = tasks
        .into_iter()
        .enumerate()
        .map(|(index, task)| async move { (index, wait_for(client, index, task, options, progress).await) })
        .collect();
    let mut results: Vec<Option<TaskResult>> = vec![None; count];
    while let Some((index, result)) = waits.next().await {
        results[index] = Some(result);
    }
    results.into_iter().flatten().collect()
}

async fn wait_for(
    client: &Client,
    index: usize,
    task: TaskRef,
    options: WaitOptions,
    progress: &Progress,
) -> TaskResult {
    let mut wait = client.wait_for_report(task.clone(), options);
    let (mut events, mut seen, started) = (wait.events(), Seen::default(), Instant::now());
    let watch = async {
        while let Some(event) = events.next().await {
            if !matches!(event, WaitEvent::Completed(_)) {
                progress.event(index, &event);
            }
            seen.record(event);
        }
        wait.await
    };
    let result = tokio::select! {
        biased;
        result = watch => TaskResult::new(task, result),
        () = interrupt() => {
            seen.elapsed = started.elapsed();
            TaskResult::interrupted(task, seen)
        }
    };
    progress.completed(index, &result);
    result
}

/// Completes on Ctrl-C.
pub(super) async fn interrupt() {
    // Without a handler Ctrl-C ends the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What a person should know about a configuration that works.
pub(super) fn warn(client: &Client, quiet: bool) {
    if quiet {
        return;
    }
    for warning in client.warnings() {
        output::note(&format!("clb: warning: {warning}"));
    }
    if let Some(seconds) = client.clock_correction() {
        output::note(&format!(
            "clb: warning: the clock of this machine is off by {} s; the difference was corrected",
            seconds.unsigned_abs()
        ));
    }
}

fn print(results: &[TaskResult], output: Output) -> io::Result<()> {
    if output.is_json() {
        return output.json(&result::document(results));
    }
    let width = results.iter().map(|result| result.task.as_str().len()).max().unwrap_or_default();
    for result in results {
        output::line(&result.line(width))?;
    }
    Ok(())
}
