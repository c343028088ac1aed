use tfplugin_proto::tfplugin6 as proto;

use super::{Client, State, present};
use crate::{Diagnostics, PrivateState, Value, codec};

impl Client {
    /// Checks the configuration of a list resource, then lists at most `limit` objects, each by its display name.
    pub async fn list(
        &self,
        name: &str,
        config: Value,
        limit: u32,
    ) -> Result<Vec<(String, State)>, Diagnostics> {
        let shape = self.schemas.list_resources.get(name)?;
        let known = codec::write(shape.known(config.clone())?, &shape.ty)?;
        let request = proto::validate_list_resource_config::Request {
            type_name: name.into(),
            config: Some(shape.config(config)?),
            ..Default::default()
        };
        self.noted(self.rpc().validate_list_resource_config(request).await?.into_inner().diagnostics)?;
        let request = proto::list_resource::Request {
            type_name: name.into(),
            config: Some(known),
            include_resource_object: true,
            limit: limit.into(),
        };
        let mut events = self.rpc().list_resource(request).await?.into_inner();
        let mut listed = Vec::new();
        while let Some(event) = events.message().await? {
            if event.identity.is_none() {
                self.noted(event.diagnostic)?;
                continue;
            }
            let value = present(event.resource_object.as_ref(), &self.schemas.resources.get(name)?.ty)?;
            let identity = self.read_identity(name, event.identity)?;
            listed.push((event.display_name, State { value, private: PrivateState::new(), identity }));
        }
        Ok(listed)
    }
}
