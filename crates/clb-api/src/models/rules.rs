//! Forwarding rules of HTTP listeners.

use super::{Accepted, Certificate, HealthCheck};

async_action! {
    /// Creates forwarding rules.
    CreateRule -> CreateRuleOutput {
        /// The load balancer.
        load_balancer_id: String,
        /// The listener.
        listener_id: String,
        /// The rules.
        rules: Vec<RuleInput>,
    } {}
}

async_action! {
    /// Deletes forwarding rules: by their ids, or one by domain and path.
    DeleteRule -> Accepted {
        /// The load balancer.
        load_balancer_id: String,
        /// The listener.
        listener_id: String,
    } {
        /// The ids.
        location_ids: Vec<String>,
        /// The domain.
        domain: String,
        /// The path.
        url: String,
        /// The domain that becomes the default one, if the default one is deleted.
        new_default_server_domain: String,
    }
}

input! {
    /// A new forwarding rule.
    RuleInput {
        /// The path, such as `/`.
        url: String,
    } {
        /// The domain.
        domain: String,
        /// How long a client stays with its target, in seconds.
        session_expire_time: i64,
        /// The health check of targets.
        health_check: HealthCheck,
        /// The certificate of the domain.
        certificate: Certificate,
        /// `WRR` (default), `IP_HASH` or `LEAST_CONN`.
        scheduler: String,
        /// The protocol towards targets: `HTTP`, `HTTPS`, `GRPC`.
        forward_type: String,
        /// Whether this is the default domain.
        default_server: bool,
        /// Whether clients may use HTTP/2.
        http2: bool,
        /// `NODE` (default) or `TARGETGROUP`.
        target_type: String,
    }
}

output! {
    /// The ids of new rules, in their order.
    CreateRuleOutput {
        /// `loc-...`.
        location_ids: Vec<String>,
    } {}
}

output! {
    /// A forwarding rule.
    Rule {
        /// `loc-...`.
        location_id: String,
    } {
        /// The listener.
        listener_id: String,
        /// The domain.
        domain: Option<String>,
        /// The path.
        url: Option<String>,
        /// How targets are chosen.
        scheduler: Option<String>,
        /// How long a client stays with its target, in seconds.
        session_expire_time: i64,
        /// Whether this is the default domain.
        default_server: bool,
        /// The protocol towards targets.
        forward_type: Option<String>,
        /// When it was created, as the service writes it.
        create_time: Option<String>,
    }
}
