//! What exists in one region: load balancers and target groups, with everything below them.

mod listener;
mod load_balancer;
mod target;
mod target_group;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

pub(crate) use self::listener::{Listener, Rewrite, Route, Rule, RuleName};
pub(crate) use self::load_balancer::LoadBalancer;
pub(crate) use self::target::{Backends, Target};
pub(crate) use self::target_group::TargetGroup;
use crate::api_error::ApiError;

/// Load balancers and target groups by id. A copy shares what neither side changes, so copying is cheap.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resources {
    /// Whether unknown ids are errors. If not, a resource exists from its first mention on.
    pub(crate) is_strict: bool,
    load_balancers: BTreeMap<String, Arc<LoadBalancer>>,
    target_groups: BTreeMap<String, Arc<TargetGroup>>,
    deleted: BTreeSet<String>,
    /// The ids that were changed since this copy was made.
    touched: BTreeSet<String>,
}

impl Resources {
    pub(crate) fn new(is_strict: bool) -> Self {
        Self { is_strict, ..Self::default() }
    }

    /// A copy to change, which [`commit`](Self::commit) takes over later.
    pub(crate) fn working_copy(&self) -> Self {
        Self { touched: BTreeSet::new(), ..self.clone() }
    }

    /// Takes over what was changed in a copy. Targets that are new in it are registered at this Unix time.
    pub(crate) fn commit(&mut self, copy: &Self, unix: Duration) {
        for id in &copy.touched {
            match copy.load_balancers.get(id) {
                Some(changed) => {
                    let mut changed = LoadBalancer::clone(changed);
                    changed.register_targets(unix);
                    self.load_balancers.insert(id.clone(), Arc::new(changed));
                }
                None => drop(self.load_balancers.remove(id)),
            }
            match copy.target_groups.get(id) {
                Some(changed) => {
                    let mut changed = TargetGroup::clone(changed);
                    changed.register_targets(unix);
                    self.target_groups.insert(id.clone(), Arc::new(changed));
                }
                None => drop(self.target_groups.remove(id)),
            }
            if copy.deleted.contains(id) {
                self.deleted.insert(id.clone());
            }
        }
    }

    /// The ids that were changed since this copy was made.
    pub(crate) fn touched(&self) -> impl Iterator<Item = &String> {
        self.touched.iter()
    }

    /// Checks that a resource exists; lets it exist if unknown ids are no errors.
    pub(crate) fn require(&mut self, id: &str) -> Result<(), ApiError> {
        if self.load_balancers.contains_key(id) || self.target_groups.contains_key(id) {
            return Ok(());
        }
        if self.is_strict || self.deleted.contains(id) {
            return Err(not_found(id));
        }
        if id.starts_with("lbtg-") {
            self.target_groups.insert(id.to_owned(), Arc::new(TargetGroup::mentioned(id)));
        } else if id.starts_with("lb-") {
            self.load_balancers.insert(id.to_owned(), Arc::new(LoadBalancer::mentioned(id)));
        } else {
            return Err(ApiError::new("InvalidParameter.FormatError", format!("`{id}` is not a valid id")));
        }
        Ok(())
    }

    /// Lets unknown resources exist unless their ids are errors. Deleted ones stay deleted.
    pub(crate) fn mention(&mut self, ids: &[&str]) {
        for id in ids {
            self.require(id).ok();
        }
    }

    pub(crate) fn add_load_balancer(&mut self, load_balancer: LoadBalancer) {
        self.touched.insert(load_balancer.id.clone());
        self.load_balancers.insert(load_balancer.id.clone(), Arc::new(load_balancer));
    }

    pub(crate) fn add_target_group(&mut self, group: TargetGroup) {
        self.touched.insert(group.id.clone());
        self.target_groups.insert(group.id.clone(), Arc::new(group));
    }

    /// Removes a load balancer or target group for good: its id is never known again.
    pub(crate) fn delete(&mut self, id: &str) -> Result<(), ApiError> {
        self.require(id)?;
        self.load_balancers.remove(id);
        self.target_groups.remove(id);
        self.touched.insert(id.to_owned());
        self.deleted.insert(id.to_owned());
        Ok(())
    }

    /// A load balancer to change.
    pub(crate) fn load_balancer_mut(&mut self, id: &str) -> Result<&mut LoadBalancer, ApiError> {
        self.require(id)?;
        self.touched.insert(id.to_owned());
        self.load_balancers.get_mut(id).map(Arc::make_mut).ok_or_else(|| not_found(id))
    }

    /// A target group to change.
    pub(crate) fn target_group_mut(&mut self, id: &str) -> Result<&mut TargetGroup, ApiError> {
        self.require(id)?;
        self.touched.insert(id.to_owned());
        self.target_groups.get_mut(id).map(Arc::make_mut).ok_or_else(|| not_found(id))
    }

    /// A load balancer to read.
    pub(crate) fn load_balancer(&mut self, id: &str) -> Result<&LoadBalancer, ApiError> {
        self.require(id)?;
        self.load_balancers.get(id).map(Arc::as_ref).ok_or_else(|| not_found(id))
    }

    pub(crate) fn load_balancers(&self) -> impl Iterator<Item = &LoadBalancer> {
        self.load_balancers.values().map(Arc::as_ref)
    }

    pub(crate) fn target_groups(&self) -> impl Iterator<Item = &TargetGroup> {
        self.target_groups.values().map(Arc::as_ref)
    }

    /// A target group that exists.
    pub(crate) fn target_group(&self, id: &str) -> Option<&TargetGroup> {
        self.target_groups.get(id).map(Arc::as_ref)
    }
}

/// An id as the service makes them: a kind and eight letters or digits.
pub(crate) fn new_id(kind: &str) -> String {
    let random = Uuid::new_v4().simple().to_string();
    format!("{kind}-{}", &random[..8])
}

fn not_found(id: &str) -> ApiError {
    let code = if id.starts_with("lbtg-") { "ResourceNotFound" } else { "InvalidParameter.LBIdNotFound" };
    ApiError::new(code, format!("`{id}` does not exist"))
}
