//! Load balancers.

use super::Accepted;

action! {
    /// Lists load balancers. Without ids or filters: all of the region, 20 at a time.
    DescribeLoadBalancers -> DescribeLoadBalancersOutput {} {
        /// Up to 20 ids.
        load_balancer_ids: Vec<String>,
        /// `OPEN` for the internet, `INTERNAL` for a private network.
        load_balancer_type: String,
        /// A name, also in part.
        load_balancer_name: String,
        /// Addresses.
        load_balancer_vips: Vec<String>,
        /// The network.
        vpc_id: String,
        /// The project; 0 is the default one.
        project_id: i64,
        /// How many to skip. Default: 0.
        offset: i64,
        /// How many to return, at most 100. Default: 20.
        limit: i64,
        /// More conditions, all of which must hold.
        filters: Vec<Filter>,
    }
}

async_action! {
    /// Buys load balancers. The call gets a `ClientToken`, so that it is carried out once however often it is sent.
    CreateLoadBalancer -> CreateLoadBalancerOutput {
        /// `OPEN` for the internet, `INTERNAL` for a private network.
        load_balancer_type: String,
    } {
        /// The name.
        load_balancer_name: String,
        /// The network; needed for `INTERNAL`.
        vpc_id: String,
        /// The subnet; needed for `INTERNAL`.
        subnet_id: String,
        /// The project; 0 is the default one.
        project_id: i64,
        /// `IPV4` (default), `IPV6` or `IPv6FullChain`.
        #[serde(rename = "AddressIPVersion")]
        address_ip_version: String,
        /// How many to buy. Default: 1.
        number: u64,
        /// The zone of the primary, for `OPEN`.
        master_zone_id: String,
        /// How traffic is paid for, and the bandwidth.
        internet_accessible: InternetAccessible,
        /// Tags.
        tags: Vec<TagInfo>,
        /// A fixed address.
        vip: String,
    }
}

async_action! {
    /// Deletes load balancers.
    DeleteLoadBalancer -> Accepted {
        /// Up to 20 ids.
        load_balancer_ids: Vec<String>,
    } {
        /// Whether to delete load balancers that are protected from deletion, too.
        force_delete: bool,
    }
}

input! {
    /// One condition on a list.
    Filter {
        /// What is compared, such as `vpc-id`.
        name: String,
        /// The values, one of which must match.
        values: Vec<String>,
    } {}
}

input! {
    /// Bandwidth of an internet load balancer.
    InternetAccessible {} {
        /// `TRAFFIC_POSTPAID_BY_HOUR`, `BANDWIDTH_POSTPAID_BY_HOUR` or `BANDWIDTH_PACKAGE`.
        internet_charge_type: String,
        /// Mbit/s.
        internet_max_bandwidth_out: i64,
    }
}

input! {
    /// A tag.
    TagInfo {
        /// Its key.
        tag_key: String,
        /// Its value.
        tag_value: String,
    } {}
}

output! {
    /// Load balancers.
    DescribeLoadBalancersOutput {
        /// How many there are, on all pages.
        total_count: u64,
    } {
        /// The page.
        load_balancer_set: Vec<LoadBalancer>,
    }
}

output! {
    /// The ids of new load balancers.
    CreateLoadBalancerOutput {} {
        /// Empty if the service names them only in the task's report.
        load_balancer_ids: Vec<String>,
    }
}

output! {
    /// A load balancer.
    LoadBalancer {
        /// `lb-...`.
        load_balancer_id: String,
    } {
        /// The name.
        load_balancer_name: String,
        /// `OPEN` or `INTERNAL`.
        load_balancer_type: String,
        /// Its addresses.
        load_balancer_vips: Vec<String>,
        /// Its IPv6 address.
        #[serde(rename = "AddressIPv6")]
        address_ipv6: Option<String>,
        /// Its domain name.
        load_balancer_domain: Option<String>,
        /// 0 while it is created, 1 when it is in service.
        status: Option<u64>,
        /// When it was created, as the service writes it.
        create_time: Option<String>,
        /// The project.
        project_id: i64,
        /// The network.
        vpc_id: Option<String>,
        /// The subnet.
        subnet_id: Option<String>,
        /// Whether it is isolated because it was not paid for.
        isolation: i64,
    }
}

impl LoadBalancer {
    /// Whether it is in service, no longer being created.
    pub fn is_in_service(&self) -> bool {
        self.status == Some(1)
    }
}
