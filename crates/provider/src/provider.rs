//! The provider: its block, and what it offers.

use async_trait::async_trait;
use clb_api::Environment;
use tfplugin::schema::Schema;
use tfplugin::{AnyDataSource, Configured, Context, Diagnostics, Provider};

use crate::config::{self, ProviderConfig};
use crate::session::Session;
use crate::task_status::TaskStatusSource;

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

#[async_trait]
impl Provider for ClbProvider {
    type Config = ProviderConfig;

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

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource>> {
        vec![Box::new(TaskStatusSource::new(self.session.clone()))]
    }
}
