//! Target groups: targets that several listeners share.

use super::{Accepted, Filter, TagInfo};

action! {
    /// Lists target groups, 20 at a time.
    DescribeTargetGroups -> DescribeTargetGroupsOutput {} {
        /// Only these.
        target_group_ids: Vec<String>,
        /// How many to skip. Default: 0.
        offset: u64,
        /// How many to return. Default: 20.
        limit: u64,
        /// More conditions.
        filters: Vec<Filter>,
    }
}

action! {
    /// Creates a target group.
    CreateTargetGroup -> CreateTargetGroupOutput {} {
        /// The name.
        target_group_name: String,
        /// The network.
        vpc_id: String,
        /// The port of targets that are registered without one.
        port: u16,
        /// The first targets.
        target_group_instances: Vec<TargetGroupInstance>,
        /// `v1` for one listener's port, `v2` for targets with ports of their own.
        #[serde(rename = "Type")]
        group_type: String,
        /// The protocol of a `v2` group.
        protocol: String,
        /// Tags.
        tags: Vec<TagInfo>,
    }
}

action! {
    /// Deletes target groups.
    DeleteTargetGroups -> Accepted {
        /// The groups.
        target_group_ids: Vec<String>,
    } {}
}

action! {
    /// Lists the targets of groups, 20 at a time.
    DescribeTargetGroupInstances -> DescribeTargetGroupInstancesOutput {
        /// Which: the filter `TargetGroupId`.
        filters: Vec<Filter>,
    } {
        /// How many to skip. Default: 0.
        offset: u64,
        /// How many to return. Default: 20.
        limit: u64,
    }
}

async_action! {
    /// Registers targets with a group.
    RegisterTargetGroupInstances -> Accepted {
        /// The group.
        target_group_id: String,
        /// The targets.
        target_group_instances: Vec<TargetGroupInstance>,
    } {}
}

async_action! {
    /// Takes targets out of a group.
    DeregisterTargetGroupInstances -> Accepted {
        /// The group.
        target_group_id: String,
        /// The targets.
        target_group_instances: Vec<TargetGroupInstance>,
    } {}
}

async_action! {
    /// Puts groups behind listeners and rules.
    AssociateTargetGroups -> Accepted {
        /// Which group behind what.
        associations: Vec<TargetGroupAssociation>,
    } {}
}

async_action! {
    /// Takes groups away from listeners and rules.
    DisassociateTargetGroups -> Accepted {
        /// Which group behind what.
        associations: Vec<TargetGroupAssociation>,
    } {}
}

input! {
    /// A target of a group.
    TargetGroupInstance {
        /// Its address in the private network.
        #[serde(rename = "BindIP")]
        bind_ip: String,
    } {
        /// Its port.
        port: u16,
        /// 0 to 100.
        weight: u64,
        /// The new port, where it is changed.
        new_port: u16,
    }
}

input! {
    /// A group behind a listener or rule.
    TargetGroupAssociation {
        /// The load balancer.
        load_balancer_id: String,
        /// The group.
        target_group_id: String,
    } {
        /// The listener.
        listener_id: String,
        /// The rule of an HTTP listener.
        location_id: String,
        /// 0 to 100.
        weight: i64,
    }
}

output! {
    /// Target groups.
    DescribeTargetGroupsOutput {
        /// How many there are, on all pages.
        total_count: u64,
    } {
        /// The page.
        target_group_set: Vec<TargetGroup>,
    }
}

output! {
    /// The id of a new target group.
    CreateTargetGroupOutput {
        /// `lbtg-...`.
        target_group_id: String,
    } {}
}

output! {
    /// A target group.
    TargetGroup {
        /// `lbtg-...`.
        target_group_id: String,
    } {
        /// The name.
        target_group_name: String,
        /// The network.
        vpc_id: Option<String>,
        /// The port of targets that are registered without one.
        port: Option<u16>,
        /// The protocol of a `v2` group.
        protocol: Option<String>,
        /// `v1` or `v2`.
        target_group_type: Option<String>,
        /// The listeners and rules that it is behind.
        associated_rule: Vec<AssociatedRule>,
    }
}

output! {
    /// A listener or rule that a group is behind.
    AssociatedRule {
        /// `lb-...`.
        load_balancer_id: String,
    } {
        /// `lbl-...`.
        listener_id: Option<String>,
        /// `loc-...`.
        location_id: Option<String>,
        /// The protocol.
        protocol: Option<String>,
        /// The port.
        port: Option<u16>,
    }
}

output! {
    /// Targets of groups.
    DescribeTargetGroupInstancesOutput {
        /// How many there are, on all pages.
        total_count: u64,
    } {
        /// The page.
        target_group_instance_set: Vec<TargetGroupBackend>,
    }
}

output! {
    /// A registered target of a group.
    TargetGroupBackend {
        /// `lbtg-...`.
        target_group_id: String,
        /// The port.
        port: u16,
    } {
        /// The id of the instance.
        instance_id: Option<String>,
        /// 0 to 100.
        weight: Option<i64>,
        /// Its addresses in the private network.
        private_ip_addresses: Vec<String>,
    }
}
