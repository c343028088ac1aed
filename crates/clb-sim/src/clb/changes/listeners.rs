//! Listeners and their certificates.

use serde_json::{Value, json};

use super::{Body, Change, body, certificate, set_attributes};
use crate::api_error::ApiError;
use crate::clb::resources::{Listener, LoadBalancer, new_id};
use crate::parameters::Parameters;

const PROTOCOLS: [&str; 6] = ["TCP", "UDP", "HTTP", "HTTPS", "TCP_SSL", "QUIC"];

/// The parameters that `DescribeListeners` returns under the same names.
const ATTRIBUTES: [&str; 15] = [
    "ListenerName",
    "HealthCheck",
    "SessionExpireTime",
    "Scheduler",
    "SniSwitch",
    "TargetType",
    "SessionType",
    "KeepaliveEnable",
    "EndPort",
    "DeregisterTargetRst",
    "MaxConn",
    "MaxCps",
    "IdleConnectTimeout",
    "DataCompressMode",
    "RescheduleInterval",
];

pub(super) fn create(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let parameters = change.parameters;
    let protocol = parameters.string("Protocol").unwrap_or_default();
    if !PROTOCOLS.contains(&protocol) {
        return Err(ApiError::new(
            "InvalidParameter.ProtocolCheckFailed",
            format!("`{protocol}` is no protocol"),
        ));
    }
    let names = parameters.strings("ListenerNames");
    let load_balancer = change.load_balancer()?;
    let mut ids = Vec::new();
    for (index, port) in parameters.list("Ports").filter_map(Value::as_i64).enumerate() {
        check_port(load_balancer, protocol, port)?;
        let mut listener = Listener::new(new_id("lbl"), protocol, port);
        set_listener(&mut listener, parameters);
        if let Some(name) = names.get(index) {
            listener.attributes.insert("ListenerName".to_owned(), json!(name));
        }
        ids.push(listener.id.clone());
        load_balancer.listeners.push(listener);
    }
    if ids.is_empty() {
        return Err(ApiError::invalid_value("Ports", "a list of at least one port"));
    }
    Ok(body([("ListenerIds", json!(ids))]))
}

pub(super) fn modify(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let parameters = change.parameters;
    set_listener(change.path().listener(change.resources)?, parameters);
    Ok(Body::new())
}

pub(super) fn delete(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let id = change.parameters.string("ListenerId").unwrap_or_default();
    let is_strict = change.resources.is_strict;
    change.load_balancer()?.delete_listener(id, is_strict)?;
    Ok(Body::new())
}

/// Deletes the listeners that the call names, or all.
pub(super) fn delete_all(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let named = change.parameters.strings("ListenerIds").into_iter().map(str::to_owned);
    let mut ids: Vec<String> = named.collect();
    let is_strict = change.resources.is_strict;
    let load_balancer = change.load_balancer()?;
    if ids.is_empty() {
        ids = load_balancer.listeners.iter().map(|listener| listener.id.clone()).collect();
    }
    ids.iter().try_for_each(|id| load_balancer.delete_listener(id, is_strict))?;
    Ok(Body::new())
}

/// Replaces a certificate wherever listeners and rules use it.
pub(super) fn replace_certificate(change: &mut Change<'_>) -> Result<Body, ApiError> {
    let old = json!(change.parameters.string("OldCertificateId"));
    let new = certificate(change.parameters).unwrap_or_default();
    let uses =
        |attributes: &Body| attributes.get("Certificate").is_some_and(|current| current["CertId"] == old);
    let is_affected = |load_balancer: &LoadBalancer| {
        let mut listeners = load_balancer.listeners.iter();
        listeners.any(|it| uses(&it.attributes) || it.rules.iter().any(|rule| uses(&rule.attributes)))
    };
    let affected = change.resources.load_balancers().filter(|it| is_affected(it));
    let ids: Vec<String> = affected.map(|it| it.id.clone()).collect();
    for id in ids {
        for listener in &mut change.resources.load_balancer_mut(&id)?.listeners {
            let rules = listener.rules.iter_mut().map(|rule| &mut rule.attributes);
            for attributes in rules.chain([&mut listener.attributes]).filter(|attributes| uses(attributes)) {
                attributes.insert("Certificate".to_owned(), new.clone());
            }
        }
    }
    Ok(Body::new())
}

fn set_listener(listener: &mut Listener, parameters: Parameters<'_>) {
    set_attributes(&mut listener.attributes, parameters, &ATTRIBUTES);
    if let Some(certificate) = certificate(parameters) {
        listener.attributes.insert("Certificate".to_owned(), certificate);
    }
}

/// Checks that a listener of this protocol can have this port.
pub(super) fn check_port(load_balancer: &LoadBalancer, protocol: &str, port: i64) -> Result<(), ApiError> {
    if !(1..=65_535).contains(&port) {
        return Err(ApiError::new(
            "InvalidParameterValue.Range",
            format!("port {port} is not from 1 to 65535"),
        ));
    }
    let is_taken = |listener: &Listener| listener.port == port && listener.conflicts_with(protocol);
    if load_balancer.listeners.iter().any(is_taken) {
        let message = format!("port {port} of `{}` is taken by another listener", load_balancer.id);
        return Err(ApiError::new("InvalidParameter.PortCheckFailed", message));
    }
    Ok(())
}
