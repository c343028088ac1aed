use tfplugin_proto::tfplugin6 as proto;

use super::kinds::path;
use super::{Client, conformance, present};
use crate::registry::Shape;
use crate::schema::{UnsetComputed, proposed_state};
use crate::{
    AttributePath, Diagnostic, Diagnostics, MovedState, PrivateState, StoredState, Type, Value, codec,
};

/// The state of a resource, as Terraform stores it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Its attributes.
    pub value: Value,
    /// The private state.
    pub private: PrivateState,
    /// The identity, if the resource has one.
    pub identity: Option<Value>,
}

/// A change that the provider has planned.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Planned {
    /// The planned state, which may have unknown values.
    pub value: Value,
    /// The private state.
    pub private: PrivateState,
    /// The attributes whose change replaces the object; empty if the object is updated in place.
    pub requires_replace: Vec<AttributePath>,
}

impl Client {
    /// Checks the configuration of a resource.
    pub async fn validate_resource(&self, name: &str, config: Value) -> Result<(), Diagnostics> {
        let request = proto::validate_resource_config::Request {
            type_name: name.into(),
            config: Some(self.schemas.resources.get(name)?.config(config)?),
            client_capabilities: Some(self.capabilities()),
        };
        self.noted(self.rpc().validate_resource_config(request).await?.into_inner().diagnostics)
    }

    /// Validates a configuration, then plans the change from a state to it. Without a state it plans a creation.
    ///
    /// If the configuration is wholly known, the method also plans it with each attribute unknown in turn, as Terraform does while
    /// values are not known yet. The known values of those plans must be the same in the final plan.
    pub async fn plan(
        &self,
        name: &str,
        prior: Option<&State>,
        config: Value,
    ) -> Result<Planned, Diagnostics> {
        self.validate_resource(name, config.clone()).await?;
        let shape = self.schemas.resources.get(name)?;
        let mut prior = prior.cloned().unwrap_or_default();
        prior.value = shape.state(prior.value)?;
        let config = shape.complete(config)?;
        let planned = self.planned_to(name, &prior, &config).await?;
        if self.is_put_off() {
            return Ok(planned);
        }
        self.hold_to_earlier_plans(name, &prior, &config, &planned).await?;
        Ok(planned)
    }

    /// The plan of a change to this configuration.
    async fn planned_to(&self, name: &str, prior: &State, config: &Value) -> Result<Planned, Diagnostics> {
        // Terraform knows no defaults, and neither does a schema that was read from the provider.
        let schema = (&self.schemas.resources.get(name)?.schema).into();
        let proposed = proposed_state(schema, Some(&prior.value), config.clone(), UnsetComputed::Prior);
        self.planned(name, prior, proposed, config.clone()).await
    }

    /// Plans again with each attribute unknown in turn. A plan that the provider rejects is skipped, and a plan that replaces the object
    /// is made again as a creation.
    async fn hold_to_earlier_plans(
        &self,
        name: &str,
        prior: &State,
        config: &Value,
        planned: &Planned,
    ) -> Result<(), Diagnostics> {
        let schema = &self.schemas.resources.get(name)?.schema;
        let (Value::Object(parts), true) = (config, config.is_wholly_known()) else { return Ok(()) };
        for attribute in schema.body().each_attribute() {
            let name_of = attribute.name();
            if parts.get(name_of).is_none_or(Value::is_null) {
                continue;
            }
            let mut earlier = parts.clone();
            earlier.insert(name_of.to_owned(), Value::UNKNOWN);
            let Ok(earlier) = self.planned_to(name, prior, &Value::Object(earlier)).await else { continue };
            if self.take_deferral().is_some() {
                continue;
            }
            if earlier.requires_replace.is_empty() && planned.requires_replace.is_empty() {
                conformance::final_plan(schema, &earlier.value, &planned.value).map_err(|errors| {
                    errors.into_iter().map(|error| during(&error, name_of)).collect::<Diagnostics>()
                })?;
            }
        }
        Ok(())
    }

    /// Plans and applies a change: creates without a state, otherwise updates in place or replaces, as the plan says.
    pub async fn apply(
        &self,
        name: &str,
        prior: Option<&State>,
        config: Value,
    ) -> Result<State, Diagnostics> {
        let planned = self.plan(name, prior, config.clone()).await?;
        if let Some(prior) = prior.filter(|_| !planned.requires_replace.is_empty()) {
            self.delete(name, prior).await?;
            let planned = self.plan(name, None, config.clone()).await?;
            return self.apply_planned(name, None, planned, config).await.map_err(|(errors, _)| errors);
        }
        self.apply_planned(name, prior, planned, config).await.map_err(|(errors, _)| errors)
    }

    /// Applies a plan, after planning again with all values known, as Terraform does. An error holds the state that Terraform stores
    /// nevertheless, if there is one.
    pub async fn apply_planned(
        &self,
        name: &str,
        prior: Option<&State>,
        planned: Planned,
        config: Value,
    ) -> Result<State, (Diagnostics, Option<State>)> {
        let prior = prior.cloned().unwrap_or_default();
        let config = self.schemas.resources.get(name).and_then(|shape| match &planned.value {
            Value::Null => Ok(Value::Null),
            _ => shape.known(config),
        });
        let config = config.map_err(|errors| (errors, None))?;
        let last = self.final_plan(name, &prior, &planned, &config).await.map_err(|errors| (errors, None))?;
        self.changed(name, &prior, last, config).await
    }

    /// The plan that Terraform asks for when everything is known, right before it applies it.
    async fn final_plan(
        &self,
        name: &str,
        prior: &State,
        planned: &Planned,
        config: &Value,
    ) -> Result<Planned, Diagnostics> {
        let last = match config {
            Value::Null => self.planned(name, prior, Value::Null, Value::Null).await?,
            config => self.planned_to(name, prior, config).await?,
        };
        let shape = self.schemas.resources.get(name)?;
        let planned = conformance::fit("plan", planned.value.clone(), &shape.ty)?;
        conformance::final_plan(&shape.schema, &planned, &last.value)?;
        Ok(last)
    }

    /// Plans the deletion, to be applied with a null configuration.
    pub async fn plan_deletion(&self, name: &str, state: &State) -> Result<Planned, Diagnostics> {
        self.planned(name, state, Value::Null, Value::Null).await
    }

    /// Plans and applies the deletion.
    pub async fn delete(&self, name: &str, state: &State) -> Result<(), Diagnostics> {
        let planned = self.plan_deletion(name, state).await?;
        self.changed(name, state, planned, Value::Null).await.map(drop).map_err(|(errors, _)| errors)
    }

    /// Reads the object: returns its current state, or none if it no longer exists.
    pub async fn refresh(&self, name: &str, state: &State) -> Result<Option<State>, Diagnostics> {
        let shape = self.schemas.resources.get(name)?;
        let request = proto::read_resource::Request {
            type_name: name.into(),
            current_state: Some(codec::write(shape.state(state.value.clone())?, &shape.ty)?),
            private: state.private.to_bytes(),
            client_capabilities: Some(self.capabilities()),
            current_identity: self.identity(name, state.identity.clone())?,
            provider_meta: self.provider_meta.clone(),
        };
        let response = self.rpc().read_resource(request).await?.into_inner();
        let is_deferred = self.is_deferred(response.deferred);
        self.noted(response.diagnostics)?;
        let value = present(response.new_state.as_ref(), &shape.ty)?;
        if !is_deferred {
            conformance::stored(&shape.schema, &value)?;
        }
        let identity = self.read_identity(name, response.new_identity)?;
        Ok(Some(State { value, private: PrivateState::from_bytes(&response.private)?, identity })
            .filter(|state| !state.value.is_null()))
    }

    /// Imports an object by its id.
    pub async fn import(&self, name: &str, id: &str) -> Result<State, Diagnostics> {
        self.imported(name, proto::import_resource_state::Request { id: id.into(), ..Default::default() })
            .await
    }

    /// Imports an object by its identity.
    pub async fn import_by_identity(&self, name: &str, identity: Value) -> Result<State, Diagnostics> {
        let identity = self.identity(name, Some(identity))?;
        self.imported(name, proto::import_resource_state::Request { identity, ..Default::default() }).await
    }

    /// The configuration of an object with this state, as `terraform plan -generate-config-out` writes it.
    pub async fn generate_config(&self, name: &str, state: &State) -> Result<Value, Diagnostics> {
        let shape = self.schemas.resources.get(name)?;
        let request = proto::generate_resource_config::Request {
            type_name: name.into(),
            state: Some(codec::write(shape.state(state.value.clone())?, &shape.ty)?),
        };
        let response = self.rpc().generate_resource_config(request).await?.into_inner();
        self.noted(response.diagnostics)?;
        present(response.config.as_ref(), &shape.ty)
    }

    /// Brings a stored state, in JSON, to the current version of the schema.
    pub async fn upgrade(&self, name: &str, version: i64, json: &str) -> Result<Value, Diagnostics> {
        let request = proto::upgrade_resource_state::Request {
            type_name: name.into(),
            version,
            raw_state: Some(raw(json.as_bytes())),
        };
        let response = self.rpc().upgrade_resource_state(request).await?.into_inner();
        self.noted(response.diagnostics)?;
        present(response.upgraded_state.as_ref(), &self.schemas.resources.get(name)?.ty)
    }

    /// Moves the state of another resource type to this one.
    pub async fn move_from(&self, name: &str, moved: &MovedState) -> Result<State, Diagnostics> {
        let identity = moved.identity.as_ref();
        let request = proto::move_resource_state::Request {
            source_provider_address: moved.provider.clone(),
            source_type_name: moved.resource.clone(),
            source_schema_version: moved.state.version(),
            source_state: Some(raw(moved.state.json())),
            target_type_name: name.into(),
            source_private: moved.private_bytes().into(),
            source_identity: identity.map(|identity| raw(identity.json())),
            source_identity_schema_version: identity.map_or(0, StoredState::version),
        };
        let response = self.rpc().move_resource_state(request).await?.into_inner();
        self.noted(response.diagnostics)?;
        self.state(name, response.target_state.as_ref(), &response.target_private, response.target_identity)
    }

    async fn planned(
        &self,
        name: &str,
        prior: &State,
        proposed: Value,
        config: Value,
    ) -> Result<Planned, Diagnostics> {
        let shape @ Shape { schema, ty, .. } = self.schemas.resources.get(name)?;
        let prior_value = shape.state(prior.value.clone())?;
        let request = proto::plan_resource_change::Request {
            type_name: name.into(),
            prior_state: Some(codec::write(prior_value.clone(), ty)?),
            proposed_new_state: Some(codec::write(proposed, ty)?),
            config: Some(codec::write(config.clone(), ty)?),
            prior_private: prior.private.to_bytes(),
            client_capabilities: Some(self.capabilities()),
            prior_identity: self.identity(name, prior.identity.clone())?,
            provider_meta: self.provider_meta.clone(),
            ..Default::default()
        };
        let response = self.rpc().plan_resource_change(request).await?.into_inner();
        self.is_deferred(response.deferred);
        self.noted(response.diagnostics)?;
        let value = present(response.planned_state.as_ref(), ty)?;
        conformance::planned(schema, &prior_value, &config, &value)?;
        let requires_replace: Vec<_> = response.requires_replace.into_iter().map(path).collect();
        conformance::replacements(schema, ty, &requires_replace)?;
        Ok(Planned { value, private: PrivateState::from_bytes(&response.planned_private)?, requires_replace })
    }

    async fn changed(
        &self,
        name: &str,
        prior: &State,
        planned: Planned,
        config: Value,
    ) -> Result<State, (Diagnostics, Option<State>)> {
        let nothing = |errors| (errors, None);
        let Shape { schema, ty, .. } = self.schemas.resources.get(name).map_err(nothing)?;
        let planned_value = conformance::fit("plan", planned.value.clone(), ty).map_err(nothing)?;
        let request = self.change(name, prior, planned, config).map_err(nothing)?;
        let response =
            self.rpc().apply_resource_change(request).await.map_err(|status| nothing(status.into()))?;
        let response = response.into_inner();
        let succeeded = self.noted(response.diagnostics);
        let state = self.state(name, response.new_state.as_ref(), &response.private, response.new_identity);
        let state = match (&succeeded, state) {
            (Ok(()), state) => state.map_err(nothing)?,
            (Err(_), state) => state.unwrap_or_default(),
        };
        match succeeded.and_then(|()| conformance::applied(schema, &planned_value, &state.value)) {
            Ok(()) => Ok(state),
            Err(errors) => Err((errors, Some(state).filter(|state| !state.value.is_null()))),
        }
    }

    fn change(
        &self,
        name: &str,
        prior: &State,
        planned: Planned,
        config: Value,
    ) -> Result<proto::apply_resource_change::Request, Diagnostics> {
        let shape @ Shape { ty, .. } = self.schemas.resources.get(name)?;
        Ok(proto::apply_resource_change::Request {
            type_name: name.into(),
            prior_state: Some(codec::write(shape.state(prior.value.clone())?, ty)?),
            planned_state: Some(codec::write(planned.value, ty)?),
            config: Some(codec::write(config, ty)?),
            planned_private: planned.private.to_bytes(),
            provider_meta: self.provider_meta.clone(),
            planned_identity: self.identity(name, prior.identity.clone())?,
        })
    }

    async fn imported(
        &self,
        name: &str,
        request: proto::import_resource_state::Request,
    ) -> Result<State, Diagnostics> {
        let request = proto::import_resource_state::Request {
            type_name: name.into(),
            client_capabilities: Some(self.capabilities()),
            ..request
        };
        let response = self.rpc().import_resource_state(request).await?.into_inner();
        let is_deferred = self.is_deferred(response.deferred);
        self.noted(response.diagnostics)?;
        let Some(imported) = response.imported_resources.into_iter().next() else {
            return Err(Diagnostic::error("The provider imported nothing", "").into());
        };
        let state = self.state(name, imported.state.as_ref(), &imported.private, imported.identity)?;
        if state.value.is_null() {
            let detail = "What cannot be imported is an error.";
            return Err(Diagnostic::error("Import returned null resource", detail).into());
        }
        if is_deferred {
            return Ok(state);
        }
        conformance::stored(&self.schemas.resources.get(name)?.schema, &state.value)?;
        let refreshed = self.refresh(name, &state).await?;
        refreshed.ok_or_else(|| Diagnostic::error("Cannot import an object that does not exist", "").into())
    }

    fn state(
        &self,
        name: &str,
        value: Option<&proto::DynamicValue>,
        private: &[u8],
        identity: Option<proto::ResourceIdentityData>,
    ) -> Result<State, Diagnostics> {
        let value = present(value, &self.schemas.resources.get(name)?.ty)?;
        Ok(State {
            value,
            private: PrivateState::from_bytes(private)?,
            identity: self.read_identity(name, identity)?,
        })
    }

    fn identity(
        &self,
        name: &str,
        identity: Option<Value>,
    ) -> Result<Option<proto::ResourceIdentityData>, Diagnostics> {
        let Some(identity) = identity else { return Ok(None) };
        let ty = self.identity_type(name)?;
        let data = codec::write(conformance::fit("identity", identity, ty)?, ty)?;
        Ok(Some(proto::ResourceIdentityData { identity_data: Some(data) }))
    }

    pub(super) fn read_identity(
        &self,
        name: &str,
        identity: Option<proto::ResourceIdentityData>,
    ) -> Result<Option<Value>, Diagnostics> {
        let Some(data) = identity.and_then(|identity| identity.identity_data) else { return Ok(None) };
        codec::read(Some(&data), self.identity_type(name)?).map(Some)
    }

    fn identity_type(&self, name: &str) -> Result<&Type, Diagnostics> {
        let known = self.schemas.identities.get(name);
        known.ok_or_else(|| Diagnostic::error(format!("`{name}` has no identity"), "").into())
    }
}

/// An error about a plan that differs from the one made while this attribute was unknown.
fn during(error: &Diagnostic, unknown: &str) -> Diagnostic {
    let detail = format!("{} `{unknown}` was unknown then.", error.detail());
    Diagnostic::error(error.summary(), detail).at(error.path())
}

fn raw(json: &[u8]) -> proto::RawState {
    proto::RawState { json: json.into(), ..Default::default() }
}
