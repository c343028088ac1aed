use std::time::Duration;

use crate::policy::PollPolicy;

/// How to wait for one task. The default is adaptive polling for at most 20 minutes, until the task completes.
///
/// ```
/// use std::time::Duration;
/// use clb_task::{PollPolicy, WaitOptions};
///
/// let options = WaitOptions::default()
///     .with_policy(PollPolicy::fixed(Duration::from_secs(5))?)
///     .with_timeout(Duration::from_secs(600));
/// assert!(options.wait_for_completion);
/// # Ok::<(), clb_task::InvalidPolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// When the task is polled.
    pub policy: PollPolicy,
    /// For how long to wait, counted from the call.
    pub timeout: Duration,
    /// Whether to wait until the task completes. If not, the first report ends the wait, a running task included.
    pub wait_for_completion: bool,
}

impl WaitOptions {
    /// Polls by this policy.
    #[must_use]
    pub fn with_policy(self, policy: PollPolicy) -> Self {
        Self { policy, ..self }
    }

    /// Waits for at most this long.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Whether to wait until the task completes, or only for the first report.
    #[must_use]
    pub fn with_wait_for_completion(self, wait_for_completion: bool) -> Self {
        Self { wait_for_completion, ..self }
    }
}

impl Default for WaitOptions {
    fn default() -> Self {
        let timeout = Duration::from_secs(20 * 60);
        Self { policy: PollPolicy::adaptive(), timeout, wait_for_completion: true }
    }
}
