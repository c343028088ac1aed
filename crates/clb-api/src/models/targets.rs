//! Targets: the machines behind listeners and rules.

use super::{Accepted, Filter};

action! {
    /// Lists the targets of a load balancer.
    DescribeTargets -> DescribeTargetsOutput {
        /// The load balancer.
        load_balancer_id: String,
    } {
        /// Only those of these listeners.
        listener_ids: Vec<String>,
        /// Only those of listeners of this protocol.
        protocol: String,
        /// Only those of the listener at this port.
        port: u16,
        /// More conditions.
        filters: Vec<Filter>,
    }
}

async_action! {
    /// Registers targets with a listener, or with one of its rules.
    RegisterTargets -> Accepted {
        /// The load balancer.
        load_balancer_id: String,
        /// The listener.
        listener_id: String,
        /// Up to 20 targets.
        targets: Vec<Target>,
    } {
        /// The rule of an HTTP listener.
        location_id: String,
        /// The rule's domain, instead of its id.
        domain: String,
        /// The rule's path, with its domain.
        url: String,
    }
}

async_action! {
    /// Takes targets away from a listener or rule.
    DeregisterTargets -> Accepted {
        /// The load balancer.
        load_balancer_id: String,
        /// The listener.
        listener_id: String,
        /// Up to 20 targets.
        targets: Vec<Target>,
    } {
        /// The rule of an HTTP listener.
        location_id: String,
        /// The rule's domain, instead of its id.
        domain: String,
        /// The rule's path, with its domain.
        url: String,
    }
}

async_action! {
    /// Changes the weights of targets: 0 drains them.
    ModifyTargetWeight -> Accepted {
        /// The load balancer.
        load_balancer_id: String,
        /// The listener.
        listener_id: String,
        /// The targets, with their weights unless one `weight` is for all.
        targets: Vec<Target>,
    } {
        /// The rule of an HTTP listener.
        location_id: String,
        /// The rule's domain, instead of its id.
        domain: String,
        /// The rule's path, with its domain.
        url: String,
        /// The weight of targets without one of their own, 0 to 100.
        weight: i64,
    }
}

input! {
    /// A machine and its port: by the id of an instance, or by an address of the private network.
    Target {
        /// The port.
        port: u16,
    } {
        /// The id of the instance.
        instance_id: String,
        /// The address, instead of an instance.
        eni_ip: String,
        /// 0 to 100. Default: 10.
        weight: i64,
        /// `CVM` (default) or `ENI`.
        #[serde(rename = "Type")]
        target_type: String,
        /// A tag of the target.
        tag: String,
    }
}

output! {
    /// Targets by listener.
    DescribeTargetsOutput {} {
        /// The listeners.
        listeners: Vec<ListenerTargets>,
    }
}

output! {
    /// The targets of a listener: of its own, or of its rules.
    ListenerTargets {
        /// `lbl-...`.
        listener_id: String,
    } {
        /// The protocol.
        protocol: String,
        /// The port.
        port: u16,
        /// The rules of `HTTP` and `HTTPS`.
        rules: Vec<RuleTargets>,
        /// The targets of other protocols.
        targets: Vec<Backend>,
    }
}

output! {
    /// The targets of a rule.
    RuleTargets {
        /// `loc-...`.
        location_id: String,
    } {
        /// The domain.
        domain: Option<String>,
        /// The path.
        url: Option<String>,
        /// The targets.
        targets: Vec<Backend>,
    }
}

output! {
    /// A registered target.
    Backend {
        /// The port.
        port: u16,
    } {
        /// `CVM`, `ENI` or another kind.
        #[serde(rename = "Type")]
        target_type: Option<String>,
        /// The id of the instance.
        instance_id: Option<String>,
        /// The name of the instance.
        instance_name: Option<String>,
        /// 0 to 100; at 0 it gets no new connections.
        weight: Option<i64>,
        /// Its addresses in the private network.
        private_ip_addresses: Vec<String>,
        /// Its addresses in the internet.
        public_ip_addresses: Vec<String>,
        /// When it was registered, as the service writes it.
        registered_time: Option<String>,
    }
}
