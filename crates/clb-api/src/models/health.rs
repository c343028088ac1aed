//! Health of targets.

action! {
    /// Reads the health of the targets of up to 30 load balancers.
    DescribeTargetHealth -> DescribeTargetHealthOutput {
        /// The load balancers.
        load_balancer_ids: Vec<String>,
    } {
        /// Only those of these listeners.
        listener_ids: Vec<String>,
        /// Only those of these rules.
        location_ids: Vec<String>,
    }
}

output! {
    /// Health by load balancer.
    DescribeTargetHealthOutput {} {
        /// The load balancers.
        load_balancers: Vec<LoadBalancerHealth>,
    }
}

output! {
    /// Health of the targets of a load balancer.
    LoadBalancerHealth {
        /// `lb-...`.
        load_balancer_id: String,
    } {
        /// The name.
        load_balancer_name: String,
        /// The listeners.
        listeners: Vec<ListenerHealth>,
    }
}

output! {
    /// Health of the targets of a listener.
    ListenerHealth {
        /// `lbl-...`.
        listener_id: String,
    } {
        /// The name.
        listener_name: String,
        /// The protocol.
        protocol: String,
        /// The port.
        port: u16,
        /// The rules; a listener without rules has one without an id.
        rules: Vec<RuleHealth>,
    }
}

output! {
    /// Health of the targets of a rule.
    RuleHealth {} {
        /// `loc-...`, empty for a listener without rules.
        location_id: String,
        /// The domain.
        domain: Option<String>,
        /// The path.
        url: Option<String>,
        /// The targets.
        targets: Vec<TargetHealth>,
    }
}

output! {
    /// Health of a target.
    TargetHealth {
        /// Its port.
        port: u16,
        /// Whether it is healthy. Also `false` while nothing is known or checked: see the detail.
        health_status: bool,
    } {
        /// Its address.
        #[serde(rename = "IP")]
        ip: String,
        /// `Alive`, `Dead`, `Unknown` while it is checked for the first time, or `Close` if nothing is checked.
        health_status_detail: Option<String>,
        /// The id of the instance.
        target_id: Option<String>,
        /// The target group that it is in.
        target_group_id: Option<String>,
    }
}

impl DescribeTargetHealthOutput {
    /// All targets, whatever their load balancer, listener and rule.
    pub fn targets(&self) -> impl Iterator<Item = &TargetHealth> {
        let listeners = self.load_balancers.iter().flat_map(|load_balancer| &load_balancer.listeners);
        listeners.flat_map(|listener| &listener.rules).flat_map(|rule| &rule.targets)
    }
}
