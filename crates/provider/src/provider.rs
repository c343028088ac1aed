//! The provider: its block, and what it offers.

use clb_api::Environment;
use tfplugin::schema::Schema;
use tfplugin::{Actions, Configured, Context, DataSources, Diagnostics, Functions, Provider, Resources};

use crate::config::{self, ProviderConfig};
use crate::functions;
use crate::session::Session;
use crate::task_gate::TaskGate;
use crate::task_status::TaskStatusSource;
use crate::task_statuses::TaskStatusesSource;
use crate::wait_for_task::WaitForTask;

/// By which Terraform attaches to a provider that was started with `-debug`.
const ADDRESS: &str = "registry.terraform.io/clb-rs/clb";

/// The provider `clb-rs/clb`.
#[derive(Debug)]
pub struct ClbProvider {
    environment: Environment,
    session: Configured<Session>,
}

impl ClbProvider {
    /// A provider that is not configured yet. The environment is looked at when it is, and at the first call.
    pub fn new(environment: Environment) -> Self {
        Self { environment, session: Configured::new() }
    }
}

impl Provider for ClbProvider {
    type Config = ProviderConfig;

    fn address(&self) -> Option<&str> {
        Some(ADDRESS)
    }

    fn schema(&self) -> Schema {
        config::schema()
    }

    async fn validate(&self, config: &ProviderConfig, context: &Context) -> Result<(), Diagnostics> {
        config.validate(context)
    }

    async fn configure(&self, config: ProviderConfig, _: &Context) -> Result<(), Diagnostics> {
        self.session.set(Session::new(config, &self.environment)?);
        Ok(())
    }

    fn data_sources(&self) -> DataSources {
        vec![
            Box::new(TaskStatusSource::new(self.session.clone())),
            Box::new(TaskStatusesSource::new(self.session.clone())),
        ]
    }

    fn resources(&self) -> Resources {
        vec![Box::new(TaskGate::new(self.session.clone()))]
    }

    fn functions(&self) -> Functions {
        functions::all()
    }

    fn actions(&self) -> Actions {
        vec![Box::new(WaitForTask::new(self.session.clone()))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_it_offers_is_as_terraform_wants_it() {
        tfplugin::check(&ClbProvider::new(Environment::default())).unwrap();
    }
}
