use std::time::Duration;

use clb_task::{InvalidPolicyError, PollPolicy};

use crate::{
    draws::{Draws, Run, Service},
    index,
    outcome::{Outcome, Summary},
    peers, planned,
};

/// A policy by its name.
#[derive(Clone, Copy)]
pub(crate) struct Policy {
    pub(crate) name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Planned(fn() -> Result<PollPolicy, InvalidPolicyError>),
    Peer(fn(&Run, &Service) -> Outcome),
}

/// All policies; those that come from the planner poll at once, as the Go SDK's schedule does.
pub(crate) const POLICIES: &[Policy] = &[
    planned("adaptive", || Ok(PollPolicy::adaptive())),
    planned("fixed-2s", || PollPolicy::fixed(Duration::from_secs(2))),
    planned("fixed-5s", || PollPolicy::fixed(Duration::from_secs(5))),
    planned("fixed-10s", || PollPolicy::fixed(Duration::from_secs(10))),
    planned("exponential", || {
        PollPolicy::exponential(Duration::from_millis(500), Duration::from_secs(10), 2.0)
    }),
    peer("go-sdk", |run, service| peers::timers(run, service, peers::go_sdk, true)),
    peer("go-sdk-unthrottled", |run, service| peers::timers(run, service, peers::go_sdk, false)),
    peer("round-robin", |run, service| peers::timers(run, service, |_| 0.0, true)),
    peer("index-learned", index::play),
    peer("clairvoyant", peers::clairvoyant),
];

/// Simulates the policies whose name holds `only`.
pub(crate) fn simulate_all(draws: &Draws, only: &str) -> Vec<(&'static str, Summary)> {
    let chosen = POLICIES.iter().filter(|policy| policy.name.contains(only));
    chosen.map(|policy| (policy.name, policy.summary(draws))).collect()
}

/// Simulates the policy of this name.
pub(crate) fn simulate_one(draws: &Draws, name: &str) -> Option<Summary> {
    POLICIES.iter().find(|policy| policy.name == name).map(|policy| policy.summary(draws))
}

impl Policy {
    pub(crate) fn summary(&self, draws: &Draws) -> Summary {
        Summary::of(&self.play(draws), &draws.runs)
    }

    pub(crate) fn play(&self, draws: &Draws) -> Vec<Outcome> {
        draws.runs.iter().map(|run| self.play_run(run, &draws.service)).collect()
    }

    fn play_run(&self, run: &Run, service: &Service) -> Outcome {
        match self.kind {
            Kind::Planned(policy) => planned::play(run, service, policy().unwrap_or_default()),
            Kind::Peer(play) => play(run, service),
        }
    }
}

const fn planned(name: &'static str, policy: fn() -> Result<PollPolicy, InvalidPolicyError>) -> Policy {
    Policy { name, kind: Kind::Planned(policy) }
}

const fn peer(name: &'static str, play: fn(&Run, &Service) -> Outcome) -> Policy {
    Policy { name, kind: Kind::Peer(play) }
}
