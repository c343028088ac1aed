//! When targets turn healthy.

use std::collections::HashMap;
use std::time::Duration;

use super::resources::Target;

/// The health of a target, for tests and demos to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetHealth {
    /// The target is healthy so long after its registration. Before that it is `Unknown`.
    HealthyAfter(Duration),
    /// Health checks fail: `Dead`.
    Dead,
    /// Health checks have no result: `Unknown`.
    Unknown,
    /// Health checks are off or the listener is stopped: `Close`.
    Closed,
}

/// The health of all targets.
#[derive(Debug)]
pub(crate) struct TargetHealthScripts {
    usual: TargetHealth,
    targets: HashMap<String, TargetHealth>,
}

impl TargetHealthScripts {
    pub(crate) fn new(usual: TargetHealth) -> Self {
        Self { usual, targets: HashMap::new() }
    }

    /// Chooses the health of the target with this instance id or address, with or without a `:port`.
    pub(crate) fn set(&mut self, target: String, health: TargetHealth) {
        self.targets.insert(target, health);
    }

    /// `HealthStatusDetail` of a target at this Unix time.
    pub(crate) fn detail(&self, target: &Target, unix: Duration) -> &'static str {
        match self.health(target) {
            TargetHealth::HealthyAfter(delay) if is_over(target.registered, delay, unix) => "Alive",
            TargetHealth::HealthyAfter(_) | TargetHealth::Unknown => "Unknown",
            TargetHealth::Dead => "Dead",
            TargetHealth::Closed => "Close",
        }
    }

    fn health(&self, target: &Target) -> TargetHealth {
        let with_port = self.targets.get(&format!("{}:{}", target.name, target.port));
        let scripted = with_port.or_else(|| self.targets.get(&target.name));
        scripted.or_else(|| self.targets.get(&target.address())).copied().unwrap_or(self.usual)
    }
}

fn is_over(registered: Option<Duration>, delay: Duration, unix: Duration) -> bool {
    registered.is_some_and(|registered| registered.saturating_add(delay) <= unix)
}
