//! In which region calls are made, and at which address.

use tokio::sync::OnceCell;

use crate::{
    Endpoint, Environment, Options, Region, SetupError, TccliProfile,
    settings::{Service, Settings},
};

/// Settings, and what a profile's file adds to them: its region, read when no one else names one.
#[derive(Debug)]
pub(crate) struct Whereabouts {
    settings: Settings,
    profile: Option<TccliProfile>,
    profile_region: OnceCell<Option<Region>>,
}

impl Whereabouts {
    pub(crate) fn new(settings: Settings, options: &Options, environment: &Environment) -> Self {
        let profile = TccliProfile::chosen(options, environment);
        Self { settings, profile, profile_region: OnceCell::new() }
    }

    /// The region of arguments or environment, else the profile's.
    pub(crate) async fn region(&self) -> Result<Option<Region>, SetupError> {
        match (&self.settings.region, &self.profile) {
            (Some(region), _) => Ok(Some(region.clone())),
            (None, Some(profile)) => self.profile_region.get_or_try_init(|| profile.region()).await.cloned(),
            (None, None) => Ok(None),
        }
    }

    /// The address of `service`, if it may be used.
    pub(crate) fn endpoint(&self, service: Service, region: &Region) -> Result<Endpoint, SetupError> {
        self.settings.endpoint(service, region)
    }
}
