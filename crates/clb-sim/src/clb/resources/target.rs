//! Targets: the servers to which traffic goes.

use std::time::Duration;

use crate::parameters::Parameters;

/// Where traffic of a listener, a rule or a target group goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backends {
    pub(crate) targets: Vec<Target>,
    /// Ids and weights of associated target groups.
    pub(crate) groups: Vec<(String, i64)>,
}

/// A server and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Id of an instance or network interface, or an address.
    pub(crate) name: String,
    pub(crate) port: i64,
    pub(crate) weight: i64,
    /// Unix time of the registration; none while its task runs.
    pub(crate) registered: Option<Duration>,
}

impl Backends {
    /// Adds a target, or sets the weight of the one with the same name and port.
    pub(crate) fn add(&mut self, target: Target) {
        match self.targets.iter_mut().find(|known| known.is_same(&target)) {
            Some(known) => known.weight = target.weight,
            None => self.targets.push(target),
        }
    }

    pub(crate) fn add_all(&mut self, targets: impl IntoIterator<Item = Target>) {
        for target in targets {
            self.add(target);
        }
    }

    pub(crate) fn remove_all(&mut self, targets: &[Target]) {
        self.targets.retain(|known| !targets.iter().any(|target| known.is_same(target)));
    }

    /// The target with the same name and port.
    pub(crate) fn find_mut(&mut self, target: &Target) -> Option<&mut Target> {
        self.targets.iter_mut().find(|known| known.is_same(target))
    }

    /// Registers the targets that are not yet registered.
    pub(crate) fn register(&mut self, unix: Duration) {
        for target in &mut self.targets {
            target.registered.get_or_insert(unix);
        }
    }
}

impl Target {
    /// Reads a target of a load balancer (`InstanceId` or `EniIp`) or of a target group (`BindIP`).
    pub(crate) fn read(fields: Parameters<'_>, weight: Option<i64>) -> Self {
        let names = ["InstanceId", "EniIp", "BindIP"];
        Self {
            name: names.into_iter().find_map(|name| fields.string(name)).unwrap_or_default().to_owned(),
            port: fields.integer("Port").unwrap_or_default(),
            // The documented weight of a target for which none is given.
            weight: fields.integer("Weight").or(weight).unwrap_or(10),
            registered: None,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.name, self.port) == (&other.name, other.port)
    }

    pub(crate) fn is_instance(&self) -> bool {
        self.name.starts_with("ins-")
    }

    /// Its address; one made from the id for an instance.
    pub(crate) fn address(&self) -> String {
        if !self.is_instance() {
            return self.name.clone();
        }
        let sum = self.name.bytes().fold(0_u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        let [high, low] = sum.to_be_bytes();
        format!("10.0.{high}.{}", low.clamp(1, 254))
    }
}
