//! The arguments `action` and `parameters`: which call to make.

use clb_api::{ActionError, Outcome, Service};
use serde::{Deserialize, Serialize};
use tfplugin::{Attr, AttributePath, Context, Diagnostic, Diagnostics, Value};

use crate::argument;
use crate::parameters::Parameters;

/// Both arguments as they are written, in the attribute `on_destroy`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct CallArguments {
    pub(crate) action: Attr<String>,
    pub(crate) parameters: Value,
}

/// A call, checked and known.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) action: String,
    pub(crate) parameters: Parameters,
}

/// Reads both arguments, which are attributes of `parent`: null without an action, unknown if a part is.
pub(crate) fn read(
    action: &Attr<String>,
    parameters: &Value,
    parent: &AttributePath,
) -> Result<Attr<Call>, Diagnostics> {
    let mut problems = Diagnostics::new();
    let action_path = parent.clone().attribute("action");
    let parameters_path = parent.clone().attribute("parameters");
    if action.is_null() && !parameters.is_null() {
        problems
            .push(argument::invalid(&parameters_path, "it needs an `action`, whose parameters these are"));
    }
    let action = problems.take(argument::parse(action, &action_path, known_action)).unwrap_or_default();
    let parameters = problems.take(Parameters::read(parameters, parameters_path)).unwrap_or_default();
    problems.into_result()?;
    Ok(match (action, parameters) {
        (Attr::Null, _) => Attr::Null,
        (Attr::Known(action), Attr::Known(parameters)) => Attr::Known(Call { action, parameters }),
        _ => Attr::Unknown,
    })
}

/// Warns of an action that is not in the table of the known ones.
pub(crate) fn warn_of_unknown(action: &Attr<String>, path: impl Into<AttributePath>, context: &Context) {
    let Attr::Known(action) = action else { return };
    if Outcome::of(&Service::clb(), action) == Ok(Outcome::Unknown) {
        context.warn(unknown_action(action).at(path));
    }
}

/// Whether both values are parameters of the same call.
pub(crate) fn are_equal(one: &Value, other: &Value) -> bool {
    one == other && one.is_wholly_known() || Parameters::are_equal(one, other)
}

/// Keeps the prior value if both send the same JSON. Terraform does not accept that for a value that was or is null.
pub(crate) fn keep_equal(prior: &Value, planned: &mut Value) {
    if !prior.is_null() && !planned.is_null() && are_equal(prior, planned) {
        *planned = prior.clone();
    }
}

/// Accepts actions that can be waited for.
fn known_action(action: &str) -> Result<String, String> {
    match Outcome::of(&Service::clb(), action) {
        Ok(_) => Ok(action.to_owned()),
        Err(error) => Err(format!("{error}{}", alternative(&error))),
    }
}

/// What to use for an action that cannot be waited for.
fn alternative(error: &ActionError) -> &'static str {
    match error {
        ActionError::Query(action) => query_alternative(action),
        ActionError::Synchronous(_) => {
            ", so there is nothing to wait for; use the resource of the `tencentcloud` provider, or TCCLI"
        }
        ActionError::OtherPoller { .. } => "; make the call with TCCLI and wait with that action",
        _ => "",
    }
}

/// What to use for a query: this provider sends two of them itself.
fn query_alternative(action: &str) -> &'static str {
    match action {
        "DescribeTaskStatus" => "; use a `clb_task_gate`, or the data source `clb_task_status`",
        "DescribeTargetHealth" => "; use a `clb_target_health_gate`",
        _ => {
            "; it changes nothing, so read it with a data source of the `tencentcloud` provider or with TCCLI"
        }
    }
}

fn unknown_action(action: &str) -> Diagnostic {
    let text = format!(
        "`{action}` is not among the actions of the load balancer API that this provider knows. It will be sent as it is, and \
         its RequestId polled as a task. Check the spelling, or look for a newer version of the provider."
    );
    Diagnostic::warning("unknown action", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(action: &str) -> Result<Attr<Call>, Diagnostics> {
        read(&Attr::Known(action.to_owned()), &Value::Null, &AttributePath::root())
    }

    #[track_caller]
    fn check_error(action: &str, expected: &str) {
        let errors = check(action).unwrap_err();
        let error = errors.iter().next().unwrap();
        assert_eq!(error.path().to_string(), "action");
        assert!(error.detail().contains(expected), "{}", error.detail());
    }

    #[test]
    fn an_action_that_starts_no_task_is_an_error_that_names_the_alternative() {
        check_error("DescribeListeners", "data source");
        check_error("DescribeTaskStatus", "`clb_task_gate`");
        check_error("DescribeTargetHealth", "`clb_target_health_gate`");
        check_error("CreateTargetGroup", "nothing to wait for");
        check_error("CreateListner", "`CreateListener`");
        check_error("Create Listener", "letters and digits");
        assert!(check("CreateListener").unwrap().is_known());
    }

    #[test]
    fn an_unknown_action_is_a_warning() {
        let context = Context::default();
        warn_of_unknown(&Attr::Known("CreateSomethingNew".to_owned()), "action", &context);
        warn_of_unknown(&Attr::Known("CreateListener".to_owned()), "action", &context);
        warn_of_unknown(&Attr::Unknown, "action", &context);
        assert_eq!(context.take_warnings().len(), 1);
    }

    #[test]
    fn parameters_need_an_action() {
        let errors = read(&Attr::Null, &Value::object([("A", Value::Bool(true))]), &"on_destroy".into());
        assert_eq!(errors.unwrap_err().iter().next().unwrap().path().to_string(), "on_destroy.parameters");
        let none = read(&Attr::Null, &Value::Null, &AttributePath::root()).unwrap();
        assert!(none.is_null());
        assert!(read(&Attr::Unknown, &Value::Null, &AttributePath::root()).unwrap().is_unknown());
    }
}
