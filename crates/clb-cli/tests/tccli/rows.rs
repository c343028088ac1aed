//! The lines of the table, and what holds each.

use std::io::Write;

use clb_sim::{Fault, TaskScript, When};
use http::StatusCode;
use serde_json::Value;

use crate::{
    support::World,
    tccli::{Tccli, WAITER},
};

/// A line of the table: what TCCLI does, and what this command does.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    cells: [&'static str; 3],
    pub(crate) theirs: fn(&Tccli, &World),
    pub(crate) ours: fn(&World),
}

impl Row {
    /// The line in Markdown.
    pub(crate) fn line(&self) -> String {
        format!("| {} |", self.cells.join(" | "))
    }
}

/// Polls a second that the simulator accepts.
pub(crate) const RATE: u32 = 5;

/// What TCCLI exits with on every error.
const ERROR: i32 = 255;

pub(crate) const ROWS: [Row; 9] = [
    Row {
        name: "failed",
        cells: [
            "task failed",
            "repeats until its timeout, and never shows the reason",
            "ends at once, with the reason and exit code 1",
        ],
        theirs: |tccli, world| {
            failed(world);
            let ran = tccli.wait(world, "t-1").expect(ERROR);
            assert!(
                ran.err.contains("Request timeout") && !format!("{ran:?}").contains("no quota"),
                "{ran:?}"
            );
            assert!(polls(world) >= 3);
        },
        ours: |world| {
            failed(world);
            let ran = world.run(&["wait", "t-1"]).expect(1);
            assert_eq!((ran.out.as_str(), polls(world)), ("t-1  failed     no quota\n", 1));
        },
    },
    Row {
        name: "throttled",
        cells: ["throttled (`RequestLimitExceeded`)", "ends with an error", "slows down and continues"],
        theirs: |tccli, world| {
            throttled_once(world);
            let ran = tccli.wait(world, "t-1").expect(ERROR);
            assert!(ran.err.contains("RequestLimitExceeded"), "{ran:?}");
            assert_eq!(polls(world), 1);
        },
        ours: |world| {
            throttled_once(world);
            world.run(&["wait", "t-1"]).expect(0);
            assert_eq!(polls(world), 2);
        },
    },
    Row {
        name: "unreachable",
        cells: ["network or server error", "ends with an error", "repeats until the timeout"],
        theirs: |tccli, world| {
            for fault in [Fault::Reset, Fault::http(StatusCode::BAD_GATEWAY).into()] {
                broken_once(world, fault);
                tccli.wait(world, "t-1").expect(ERROR);
            }
            assert_eq!(polls(world), 2);
        },
        ours: |world| {
            for fault in [Fault::Reset, Fault::http(StatusCode::BAD_GATEWAY).into()] {
                broken_once(world, fault);
                world.run(&["wait", "t-1"]).expect(0);
            }
            assert_eq!(polls(world), 4);
        },
    },
    Row {
        name: "timeout",
        cells: [
            "still running at the timeout",
            "the same error as for a failed task",
            "exit code 3, and the task's id to continue with",
        ],
        theirs: |tccli, world| {
            world.simulator.task("t-1", TaskScript::runs_forever());
            assert!(tccli.wait(world, "t-1").expect(ERROR).err.contains("Request timeout"));
        },
        ours: |world| {
            world.simulator.task("t-1", TaskScript::runs_forever());
            let ran = world.run(&["wait", "t-1", "--timeout", "1s"]).expect(3);
            assert!(ran.out.starts_with("t-1  running    timed out after"), "{ran:?}");
        },
    },
    Row {
        name: "exit_codes",
        cells: [
            "exit codes",
            "0, or 255 for everything else",
            "1 failed, 2 usage, 3 still running, 4 could not poll",
        ],
        theirs: |tccli, world| {
            failed(world);
            let usage = tccli.poll(world, &["--TaskId", "t-1", "--waiter", "until done"]);
            for ran in [tccli.wait(world, "t-1"), tccli.wait(world, "unknown"), usage] {
                ran.expect(ERROR);
            }
        },
        ours: |world| {
            failed(world);
            world.simulator.task("slow", TaskScript::runs_forever());
            world.run(&["wait", "t-1"]).expect(1);
            world.run(&["wait", "t-1", "--until", "done"]).expect(2);
            world.run(&["wait", "slow", "--timeout", "1s"]).expect(3);
            world.run(&["wait", "unknown"]).expect(4);
        },
    },
    Row {
        name: "several",
        cells: ["several tasks", "one process each", "one process"],
        theirs: |tccli, world| {
            let ran = tccli.poll(world, &["--TaskId", "t-1", "t-2", "--waiter", WAITER]).expect(ERROR);
            assert!(ran.err.contains("Unknown options: t-2"), "{ran:?}");
        },
        ours: |world| {
            succeed(world, &["t-1", "t-2"]);
            assert_eq!(world.run(&["wait", "t-1", "t-2"]).expect(0).out, "t-1  succeeded\nt-2  succeeded\n");
        },
    },
    Row {
        name: "rate_limit",
        cells: [
            "rate limit",
            "none: it polls at its interval, until it is throttled",
            "one for all tasks, below the service's",
        ],
        theirs: |tccli, world| {
            world.simulator.task("t-1", TaskScript::runs_forever());
            let waiter = r#"{"expr":"Status","to":0,"timeout":30,"interval":0.001}"#;
            let ran = tccli.poll(world, &["--TaskId", "t-1", "--waiter", waiter]).expect(ERROR);
            assert!(ran.err.contains("RequestLimitExceeded"), "{ran:?}");
        },
        ours: |world| {
            let ids: Vec<String> = (0..10).map(|number| format!("t-{number}")).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            succeed(world, &ids);
            let rate = RATE.to_string();
            world.run(&[&["wait", "--requests-per-second", &rate], &ids[..]].concat()).expect(0);
            assert_eq!((polls(world), world.simulator.throttled_calls()), (10, 0));
        },
    },
    Row {
        name: "ids",
        cells: ["ids", "one, as an argument", "arguments, files, responses on standard input"],
        theirs: |tccli, world| {
            succeed(world, &["t-1"]);
            let ran = tccli.poll_with(world, &["--waiter", WAITER], RESPONSE).expect(ERROR);
            assert!(ran.err.contains("MissingParameter"), "{ran:?}");
        },
        ours: |world| {
            succeed(world, &["t-1", "t-2", "t-3"]);
            let mut file = tempfile::NamedTempFile::new().unwrap();
            writeln!(file, "t-2").unwrap();
            let path = file.path().to_str().unwrap();
            let ran = world.run_with(&["wait", "t-3", "--file", path, "-"], RESPONSE).expect(0);
            assert_eq!((ran.out.lines().count(), polls(world)), (3, 3));
        },
    },
    Row {
        name: "events",
        cells: ["events for programs", "none: in a pipe its progress is lost", "`--events`"],
        theirs: |tccli, world| {
            world.simulator.task("t-1", TaskScript::runs_for_polls(1).then_succeeds());
            let ran = tccli.wait(world, "t-1").expect(0);
            assert_eq!((&ran.json()["Status"], ran.err.as_str(), polls(world)), (&Value::from(0), "", 2));
        },
        ours: |world| {
            world.simulator.task("t-1", TaskScript::runs_for_polls(1).then_succeeds());
            let ran = world.run(&["wait", "t-1", "--events"]).expect(0);
            let lines = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            let events: Vec<_> = lines.filter_map(|line| line["event"].as_str().map(str::to_owned)).collect();
            assert_eq!(events, ["polled", "running", "next_poll", "polled", "completed"]);
        },
    },
];

/// A response that names a task.
const RESPONSE: &str = r#"{"ListenerIds": ["lbl-1"], "RequestId": "t-1"}"#;

fn failed(world: &World) {
    world.simulator.task("t-1", TaskScript::already_complete().then_fails("no quota"));
}

fn succeed(world: &World, ids: &[&str]) {
    for id in ids {
        world.simulator.task(*id, TaskScript::already_complete().then_succeeds());
    }
}

fn throttled_once(world: &World) {
    broken_once(world, Fault::throttled().into());
}

fn broken_once(world: &World, fault: Fault) {
    succeed(world, &["t-1"]);
    world.simulator.fault(When::next(1), fault);
}

fn polls(world: &World) -> usize {
    world.simulator.calls_of("DescribeTaskStatus").len()
}
