//! Listeners, their health checks and certificates.

use super::{Accepted, Rule};

action! {
    /// Lists the listeners of a load balancer.
    DescribeListeners -> DescribeListenersOutput {
        /// The load balancer.
        load_balancer_id: String,
    } {
        /// Only these.
        listener_ids: Vec<String>,
        /// Only those of this protocol.
        protocol: String,
        /// Only those at this port.
        port: u16,
    }
}

async_action! {
    /// Creates one listener for each port.
    CreateListener -> CreateListenerOutput {
        /// The load balancer.
        load_balancer_id: String,
        /// The ports.
        ports: Vec<u16>,
        /// `TCP`, `UDP`, `TCP_SSL`, `QUIC`, `HTTP` or `HTTPS`.
        protocol: String,
    } {
        /// One name for each port.
        listener_names: Vec<String>,
        /// The health check of targets. HTTP listeners have theirs in the rules.
        health_check: HealthCheck,
        /// The certificate of `HTTPS` and `TCP_SSL`.
        certificate: Certificate,
        /// How long a client stays with its target, in seconds; 0 for not.
        session_expire_time: i64,
        /// `WRR` (default) or `LEAST_CONN`; for `HTTP` in the rules.
        scheduler: String,
        /// 1 for several certificates by server name.
        sni_switch: i64,
        /// `NODE` (default) or `TARGETGROUP`.
        target_type: String,
        /// 1 to keep connections to targets open.
        keepalive_enable: i64,
    }
}

async_action! {
    /// Changes a listener.
    ModifyListener -> Accepted {
        /// The load balancer.
        load_balancer_id: String,
        /// The listener.
        listener_id: String,
    } {
        /// The new name.
        listener_name: String,
        /// The new health check.
        health_check: HealthCheck,
        /// The new certificate.
        certificate: Certificate,
        /// How long a client stays with its target, in seconds.
        session_expire_time: i64,
        /// `WRR` or `LEAST_CONN`.
        scheduler: String,
        /// 1 for several certificates by server name.
        sni_switch: i64,
        /// 1 to keep connections to targets open.
        keepalive_enable: i64,
    }
}

async_action! {
    /// Deletes a listener.
    DeleteListener -> Accepted {
        /// The load balancer.
        load_balancer_id: String,
        /// The listener.
        listener_id: String,
    } {}
}

input! {
    /// How the health of targets is checked.
    HealthCheck {} {
        /// 1 for checked, 0 for not.
        health_switch: i64,
        /// Seconds until a check has failed.
        time_out: i64,
        /// Seconds between two checks.
        interval_time: i64,
        /// So many good checks make a target healthy.
        health_num: i64,
        /// So many bad checks make it unhealthy.
        #[serde(rename = "UnHealthNum")]
        unhealth_num: i64,
        /// The good HTTP statuses, as a sum: 1 for 1xx, 2 for 2xx, 4 for 3xx, 8 for 4xx, 16 for 5xx.
        http_code: i64,
        /// The path that is requested.
        http_check_path: String,
        /// The host that is requested.
        http_check_domain: String,
        /// `HEAD` or `GET`.
        http_check_method: String,
        /// Another port than the target's.
        check_port: i64,
        /// `TCP`, `HTTP`, `HTTPS`, `GRPC`, `PING` or `CUSTOM`.
        check_type: String,
    }
}

input! {
    /// A certificate that the certificate service keeps.
    Certificate {} {
        /// `UNIDIRECTIONAL`, or `MUTUAL` to check clients' certificates, too.
        #[serde(rename = "SSLMode")]
        ssl_mode: String,
        /// The id of the server's certificate.
        cert_id: String,
        /// The id of the authority that clients' certificates are checked against.
        cert_ca_id: String,
    }
}

output! {
    /// Listeners.
    DescribeListenersOutput {} {
        /// How many there are.
        total_count: u64,
        /// The listeners.
        listeners: Vec<Listener>,
    }
}

output! {
    /// The ids of new listeners, in the order of the ports.
    CreateListenerOutput {
        /// `lbl-...`.
        listener_ids: Vec<String>,
    } {}
}

output! {
    /// A listener.
    Listener {
        /// `lbl-...`.
        listener_id: String,
        /// The protocol.
        protocol: String,
        /// The port.
        port: u16,
    } {
        /// The name.
        listener_name: String,
        /// The last port of a range; 0 for none.
        end_port: u16,
        /// How targets are chosen.
        scheduler: Option<String>,
        /// How long a client stays with its target, in seconds.
        session_expire_time: i64,
        /// `NODE` or `TARGETGROUP`.
        target_type: Option<String>,
        /// The forwarding rules of `HTTP` and `HTTPS`.
        rules: Vec<Rule>,
        /// When it was created, as the service writes it.
        create_time: Option<String>,
    }
}
