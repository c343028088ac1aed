//! Actions that change something. Each changes a copy of the resources, which is taken over when the task succeeds.

mod listeners;
mod load_balancers;
mod rewrites;
mod rules;
mod target_groups;
mod targets;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::listener_path::ListenerPath;
use super::resources::{LoadBalancer, Resources, new_id};
use crate::api_error::ApiError;
use crate::parameters::Parameters;

/// The fields of a response besides `RequestId`.
pub(crate) type Body = Map<String, Value>;

/// A call that changes resources.
pub(crate) struct Change<'a> {
    pub(crate) action: &'a str,
    pub(crate) parameters: Parameters<'a>,
    /// The copy to change.
    pub(crate) resources: &'a mut Resources,
    /// Unix time of the call.
    pub(crate) unix: Duration,
}

/// Makes the change. Actions that the simulator keeps no state for change nothing.
pub(crate) fn apply(change: &mut Change<'_>) -> Result<Body, ApiError> {
    match change.action {
        "CreateLoadBalancer" => load_balancers::create(change),
        "DeleteLoadBalancer" => load_balancers::delete(change),
        "ModifyLoadBalancerAttributes" => load_balancers::modify(change),
        "SetLoadBalancerSecurityGroups" => load_balancers::set_security_groups(change),
        "ModifyLoadBalancersProject" => load_balancers::set_project(change),
        "ModifyLoadBalancerSla" | "RenewLoadBalancers" => Ok(load_balancers::order()),
        "CreateListener" => listeners::create(change),
        "ModifyListener" => listeners::modify(change),
        "DeleteListener" => listeners::delete(change),
        "DeleteLoadBalancerListeners" => listeners::delete_all(change),
        "ReplaceCertForLoadBalancers" => listeners::replace_certificate(change),
        "CreateRule" => rules::create(change),
        "ModifyRule" => rules::modify(change),
        "ModifyDomain" | "ModifyDomainAttributes" => rules::modify_domain(change),
        "DeleteRule" => rules::delete(change),
        "RegisterTargets" => targets::register(change),
        "DeregisterTargets" => targets::deregister(change),
        "ModifyTargetWeight" => targets::set_weight(change),
        "ModifyTargetPort" => targets::set_port(change),
        "BatchRegisterTargets" => targets::register_batch(change),
        "BatchDeregisterTargets" => targets::deregister_batch(change),
        "BatchModifyTargetWeight" => targets::set_weights(change),
        "CreateTargetGroup" => target_groups::create(change),
        "ModifyTargetGroupAttribute" => target_groups::modify(change),
        "DeleteTargetGroups" => target_groups::delete(change),
        "RegisterTargetGroupInstances" => target_groups::register(change),
        "DeregisterTargetGroupInstances" => target_groups::deregister(change),
        "ModifyTargetGroupInstancesWeight" => target_groups::set_weight(change),
        "ModifyTargetGroupInstancesPort" => target_groups::set_port(change),
        "AssociateTargetGroups" => target_groups::associate(change),
        "DisassociateTargetGroups" => target_groups::disassociate(change),
        "AutoRewrite" => rewrites::create_automatic(change),
        "ManualRewrite" => rewrites::create_manual(change),
        "DeleteRewrite" => rewrites::delete(change),
        action => Ok(stateless(action)),
    }
}

/// The response of an action that the simulator keeps no state for. `JodId` is the vendor's spelling.
fn stateless(action: &str) -> Body {
    let id = match action {
        "CreateTopic" => ("TopicId", new_id("topic")),
        "CreateClsLogSet" => ("LogsetId", new_id("logset")),
        "SetCustomizedConfigForLoadBalancer" => ("ConfigId", new_id("pz")),
        "ModifyBlockIPList" => ("JodId", new_id("job")),
        _ => return Body::new(),
    };
    body([(id.0, json!(id.1))])
}

impl<'a> Change<'a> {
    /// The load balancer that `LoadBalancerId` names.
    fn load_balancer(&mut self) -> Result<&mut LoadBalancer, ApiError> {
        let id = self.parameters.string("LoadBalancerId").unwrap_or_default();
        self.resources.load_balancer_mut(id)
    }

    /// The path to the listener that the call is about.
    fn path(&self) -> ListenerPath<'a> {
        ListenerPath::of(self.parameters)
    }
}

/// A response body of these fields.
fn body<const N: usize>(fields: [(&str, Value); N]) -> Body {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Copies parameters into attributes under the same names.
fn set_attributes(attributes: &mut Body, fields: Parameters<'_>, names: &[&str]) {
    let given = names.iter().filter_map(|name| Some(((*name).to_owned(), fields.get(name)?.clone())));
    attributes.extend(given);
}

/// The certificate that a call sets, as queries return it.
fn certificate(fields: Parameters<'_>) -> Option<Value> {
    let field = |name| Some(Parameters::new(fields.get(name)?.as_object()?));
    if let Some(single) = field("Certificate") {
        let mode = single.string("SSLMode").unwrap_or("UNIDIRECTIONAL");
        let id = single.string("CertId").map_or_else(|| new_id("cert"), str::to_owned);
        return Some(json!({ "SSLMode": mode, "CertId": id, "CertCaId": single.string("CertCaId") }));
    }
    let several = field("MultiCertInfo")?;
    let id = |certificate: Parameters<'_>| {
        certificate.string("CertId").map_or_else(|| new_id("cert"), str::to_owned)
    };
    let mut ids = several.structures("CertList").map(id);
    let first = ids.next();
    Some(
        json!({ "SSLMode": several.string("SSLMode"), "CertId": first, "ExtCertIds": ids.collect::<Vec<_>>() }),
    )
}
