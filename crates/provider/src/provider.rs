//! The provider: its configuration, data sources, resources, functions and actions.

use clb_api::Environment;
use tfplugin::schema::Schema;
use tfplugin::{Actions, Context, DataSources, Diagnostics, Functions, Provider, Resources};

use crate::config::{self, ProviderConfig};
use crate::provider_data::ProviderData;
use crate::{actions, data_sources, functions, resources};

/// The address under which Terraform attaches to a provider that was started with `-debug`.
const ADDRESS: &str = "registry.terraform.io/clb-rs/clb";

/// The provider `clb-rs/clb`.
#[derive(Debug)]
pub struct ClbProvider {
    environment: Environment,
}

impl ClbProvider {
    /// A provider that is not configured yet. It reads `environment` when it is configured and at the first request.
    pub fn new(environment: Environment) -> Self {
        Self { environment }
    }
}

impl Provider for ClbProvider {
    type Config = ProviderConfig;
    type Client = ProviderData;

    fn address(&self) -> Option<&str> {
        Some(ADDRESS)
    }

    fn schema(&self) -> Schema {
        config::schema()
    }

    async fn validate(&self, config: &ProviderConfig, _: &Context) -> Result<(), Diagnostics> {
        config.validate()
    }

    async fn configure(
        &self,
        config: ProviderConfig,
        context: &Context,
    ) -> Result<ProviderData, Diagnostics> {
        // Terraform validates the block several times a run, and configures it once for each plan and apply.
        config.warn(context);
        ProviderData::new(config, &self.environment)
    }

    fn data_sources(&self) -> DataSources<ProviderData> {
        data_sources::all()
    }

    fn resources(&self) -> Resources<ProviderData> {
        resources::all()
    }

    fn functions(&self) -> Functions {
        functions::all()
    }

    fn actions(&self) -> Actions<ProviderData> {
        actions::all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_one_that_terraform_accepts() {
        tfplugin::check(&ClbProvider::new(Environment::empty())).unwrap();
    }
}
