use std::time::SystemTime;

use tfplugin_proto::tfplugin6 as proto;

use proto::invoke_action::event::Type as Event;

use super::{Client, conformance, present};
use crate::path::Step;
use crate::{AttributePath, Diagnostic, Diagnostics, Opened, PrivateState, Value, codec};

impl Client {
    /// Checks the configuration of a data source.
    pub async fn validate_data_source(&self, name: &str, config: Value) -> Result<(), Diagnostics> {
        let config = Some(self.schemas.data_sources.get(name)?.config(config)?);
        let request = proto::validate_data_resource_config::Request { type_name: name.into(), config };
        self.noted(self.rpc().validate_data_resource_config(request).await?.into_inner().diagnostics)
    }

    /// Checks the configuration of a data source, then reads it.
    pub async fn read_data_source(&self, name: &str, config: Value) -> Result<Value, Diagnostics> {
        let shape = self.schemas.data_sources.get(name)?;
        let known = shape.known(config.clone())?;
        self.validate_data_source(name, config).await?;
        let request = proto::read_data_source::Request {
            type_name: name.into(),
            config: Some(codec::write(known.clone(), &shape.ty)?),
            provider_meta: self.provider_meta.clone(),
            client_capabilities: Some(self.capabilities()),
        };
        let response = self.rpc().read_data_source(request).await?.into_inner();
        let is_deferred = self.is_deferred(response.deferred);
        self.noted(response.diagnostics)?;
        let state = present(response.state.as_ref(), &shape.ty)?;
        if is_deferred {
            return Ok(state);
        }
        conformance::found(&shape.schema, &state)?;
        conformance::repeated(&shape.schema, &known, &state)?;
        Ok(state)
    }

    /// Checks the configuration of an ephemeral resource, then opens it.
    pub async fn open(&self, name: &str, config: Value) -> Result<Opened<Value>, Diagnostics> {
        let shape = self.schemas.ephemeral_resources.get(name)?;
        let known = shape.known(config)?;
        let config = Some(codec::write(known.clone(), &shape.ty)?);
        let request = proto::validate_ephemeral_resource_config::Request {
            type_name: name.into(),
            config: config.clone(),
        };
        self.noted(self.rpc().validate_ephemeral_resource_config(request).await?.into_inner().diagnostics)?;
        let request = proto::open_ephemeral_resource::Request {
            type_name: name.into(),
            config,
            client_capabilities: Some(self.capabilities()),
        };
        let response = self.rpc().open_ephemeral_resource(request).await?.into_inner();
        let is_deferred = self.is_deferred(response.deferred);
        self.noted(response.diagnostics)?;
        let state = present(response.result.as_ref(), &shape.ty)?;
        if !is_deferred {
            conformance::opened(&shape.schema, &known, &state)?;
        }
        Ok(Opened { state, private: read_private(response.private)?, renew_at: time(response.renew_at)? })
    }

    /// Renews an ephemeral resource, with the private state of the call before.
    pub async fn renew(&self, name: &str, private: &PrivateState) -> Result<Opened<()>, Diagnostics> {
        let request = proto::renew_ephemeral_resource::Request {
            type_name: name.into(),
            private: Some(private.to_bytes()),
        };
        let response = self.rpc().renew_ephemeral_resource(request).await?.into_inner();
        self.noted(response.diagnostics)?;
        Ok(Opened { state: (), private: read_private(response.private)?, renew_at: time(response.renew_at)? })
    }

    /// Closes an ephemeral resource, with the private state of its opening.
    pub async fn close(&self, name: &str, private: &PrivateState) -> Result<(), Diagnostics> {
        let request = proto::close_ephemeral_resource::Request {
            type_name: name.into(),
            private: Some(private.to_bytes()),
        };
        self.noted(self.rpc().close_ephemeral_resource(request).await?.into_inner().diagnostics)
    }

    /// Checks an action's configuration and whether it could be done, without doing it.
    pub async fn plan_action(&self, name: &str, config: Value) -> Result<(), Diagnostics> {
        let config = Some(self.schemas.actions.get(name)?.config(config)?);
        let request =
            proto::validate_action_config::Request { type_name: name.into(), config: config.clone() };
        self.noted(self.rpc().validate_action_config(request).await?.into_inner().diagnostics)?;
        let request = proto::plan_action::Request {
            action_type: name.into(),
            config,
            client_capabilities: Some(self.capabilities()),
        };
        self.noted(self.rpc().plan_action(request).await?.into_inner().diagnostics)
    }

    /// Plans an action, then does it, and shows its progress as it comes.
    pub async fn invoke_action(
        &self,
        name: &str,
        config: Value,
        mut progress: impl FnMut(String),
    ) -> Result<(), Diagnostics> {
        let shape = self.schemas.actions.get(name)?;
        let known = shape.known(config.clone())?;
        self.plan_action(name, config).await?;
        let config = Some(codec::write(known, &shape.ty)?);
        let request = proto::invoke_action::Request {
            action_type: name.into(),
            config,
            client_capabilities: Some(self.capabilities()),
        };
        let mut events = self.rpc().invoke_action(request).await?.into_inner();
        while let Some(event) = events.message().await? {
            match event.r#type {
                Some(Event::Progress(line)) => progress(line.message),
                Some(Event::Completed(completed)) => return self.noted(completed.diagnostics),
                None => return Err(Diagnostic::error("The provider sent an empty event", "").into()),
            }
        }
        Err(Diagnostic::error("The provider did not say that the action is complete", "").into())
    }
}

fn read_private(bytes: Option<Vec<u8>>) -> Result<PrivateState, Diagnostics> {
    PrivateState::from_bytes(&bytes.unwrap_or_default())
}

fn time(time: Option<prost_types::Timestamp>) -> Result<Option<SystemTime>, Diagnostics> {
    Ok(time.map(SystemTime::try_from).transpose()?)
}

impl From<proto::Diagnostic> for Diagnostic {
    fn from(diagnostic: proto::Diagnostic) -> Self {
        let severity = diagnostic.severity();
        let (summary, detail) = (diagnostic.summary, diagnostic.detail);
        let made = match severity {
            proto::diagnostic::Severity::Warning => Diagnostic::warning(summary, detail),
            _ => Diagnostic::error(summary, detail),
        };
        made.at(path(diagnostic.attribute.unwrap_or_default()))
    }
}

pub(super) fn path(path: proto::AttributePath) -> AttributePath {
    use proto::attribute_path::step::Selector;
    let steps = path.steps.into_iter().filter_map(|step| step.selector).map(|selector| match selector {
        Selector::AttributeName(name) => Step::Attribute(name),
        Selector::ElementKeyString(key) => Step::Key(key),
        Selector::ElementKeyInt(index) => Step::Index(usize::try_from(index).unwrap_or(usize::MAX)),
    });
    steps.fold(AttributePath::root(), AttributePath::step)
}
