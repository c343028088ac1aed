use crate::{AttributePath, PrivateState};

/// A change as it is planned, with what each kind of change may decide.
///
/// ```
/// use tfplugin::{Attr, CreatePlan, Plan, PrivateState, UpdatePlan};
///
/// struct Server {
///     size: Attr<u32>,
///     address: Attr<String>,
/// }
///
/// fn plan(plan: Plan<'_, Server>) {
///     // The address stays unless the server is resized.
///     if let Plan::Update(UpdatePlan { prior, planned, .. }) = plan
///         && planned.size == prior.size
///     {
///         planned.address = prior.address.clone();
///     }
/// }
///
/// let prior = Server { size: 1.into(), address: "10.0.0.1".into() };
/// let mut planned = Server { size: 1.into(), address: Attr::Unknown };
/// let config = Server { size: 1.into(), address: Attr::Null };
/// let (mut private, mut requires_replace) = (PrivateState::new(), Vec::new());
/// plan(Plan::Update(UpdatePlan::new(&config, &prior, &mut planned, &mut requires_replace, &mut private)));
/// assert_eq!(planned.address, prior.address);
/// ```
///
/// What a change cannot decide does not compile:
///
/// ```compile_fail,E0594
/// # use tfplugin::UpdatePlan;
/// fn plan(update: UpdatePlan<'_, Option<u32>>) {
///     *update.prior = None; // only `planned` can be changed
/// }
/// ```
#[derive(Debug)]
pub enum Plan<'p, M> {
    /// Terraform plans to create the object.
    Create(CreatePlan<'p, M>),
    /// Terraform plans to update or replace the object.
    Update(UpdatePlan<'p, M>),
    /// Terraform plans to delete the object.
    Delete(DeletePlan<'p, M>),
}

/// The creation of an object.
#[derive(Debug)]
#[non_exhaustive]
pub struct CreatePlan<'p, M> {
    /// What the configuration says.
    pub config: &'p M,
    /// The state after, to be changed: values that the configuration left out may be set, known or unknown.
    pub planned: &'p mut M,
    /// The provider's own values beside the state, handed on to the creation.
    pub private: &'p mut PrivateState,
}

/// The change of an object.
#[derive(Debug)]
#[non_exhaustive]
pub struct UpdatePlan<'p, M> {
    /// What the configuration says.
    pub config: &'p M,
    /// The state before.
    pub prior: &'p M,
    /// The state after, to be changed: values that the configuration left out may be set, known or unknown.
    pub planned: &'p mut M,
    /// Attributes whose change replaces the object, beside those that the schema names.
    pub requires_replace: &'p mut Vec<AttributePath>,
    /// The provider's own values beside the state, handed on to the change.
    pub private: &'p mut PrivateState,
}

/// The deletion of an object. There is nothing to decide, only to warn of or to reject.
#[derive(Debug)]
#[non_exhaustive]
pub struct DeletePlan<'p, M> {
    /// The state before.
    pub prior: &'p M,
    /// The provider's own values beside the state, handed on to the deletion.
    pub private: &'p mut PrivateState,
}

impl<'p, M> Plan<'p, M> {
    /// The configuration; none in the plan of a deletion.
    pub fn config(&self) -> Option<&'p M> {
        match self {
            Plan::Create(CreatePlan { config, .. }) | Plan::Update(UpdatePlan { config, .. }) => Some(config),
            Plan::Delete(_) => None,
        }
    }

    /// The prior state; none in the plan of a creation.
    pub fn prior(&self) -> Option<&'p M> {
        match self {
            Plan::Update(UpdatePlan { prior, .. }) | Plan::Delete(DeletePlan { prior, .. }) => Some(prior),
            Plan::Create(_) => None,
        }
    }

    /// The planned state, which the provider may change; none in the plan of a deletion.
    pub fn into_planned(self) -> Option<&'p mut M> {
        match self {
            Plan::Create(CreatePlan { planned, .. }) | Plan::Update(UpdatePlan { planned, .. }) => {
                Some(planned)
            }
            Plan::Delete(_) => None,
        }
    }
}

impl<'p, M> CreatePlan<'p, M> {
    /// A creation; the server makes its own, so this is for tests.
    pub fn new(config: &'p M, planned: &'p mut M, private: &'p mut PrivateState) -> Self {
        CreatePlan { config, planned, private }
    }
}

impl<'p, M> UpdatePlan<'p, M> {
    /// A change from `prior` to `planned`; the server makes its own, so this is for tests.
    pub fn new(
        config: &'p M,
        prior: &'p M,
        planned: &'p mut M,
        requires_replace: &'p mut Vec<AttributePath>,
        private: &'p mut PrivateState,
    ) -> Self {
        UpdatePlan { config, prior, planned, requires_replace, private }
    }
}

impl<'p, M> DeletePlan<'p, M> {
    /// A deletion; the server makes its own, so this is for tests.
    pub fn new(prior: &'p M, private: &'p mut PrivateState) -> Self {
        DeletePlan { prior, private }
    }
}
