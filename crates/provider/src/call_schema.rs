//! The schemas of the resource and the action `clb_call`.

use tfplugin::Type;
use tfplugin::schema::{Attribute, Nesting, Schema};

use crate::data_sources::task_attributes;
use crate::timeouts::{self, Operation};
use crate::wait_options;

/// The schema of the resource.
pub(crate) fn resource() -> Schema {
    let schema = Schema::new(
        "Makes an asynchronous call of the load balancer API, waits for its task, and gives its response to other resources. \
         With `on_destroy` it makes another call when it is destroyed. Calls about the same load balancer or target group go \
         one after the other, and a call that the service throttles or finds busy is sent again. A call that may have been \
         carried out is never sent twice. Refresh and plan send no request.\n\nA change of `action`, `parameters`, `region` or \
         `triggers` replaces the resource: the call of `on_destroy` is made, then the new call.\n\nState holds `parameters` and `response` in \
         clear text.",
    );
    let operations = [
        (Operation::Create, "the call, with the wait for its task,"),
        (Operation::Update, "the wait for the task of a call that was accepted earlier"),
        (Operation::Delete, "the call of `on_destroy`, with the wait for its task,"),
    ];
    schema
        .attributes([
            action().optional().requires_replace(),
            parameters().optional(),
            on_destroy(),
            triggers(),
        ])
        .attribute(region().requires_replace())
        .attribute(wait_for_completion("let a `clb_task_gate` wait for its `request_id`"))
        .attribute(wait_options::polling_attribute())
        .attributes(results())
        .block(timeouts::block(&operations))
}

/// The schema of the action.
pub(crate) fn action_schema() -> Schema {
    let schema = Schema::new(
        "Makes an asynchronous call of the load balancer API, waits for its task, and reports progress. Nothing is kept: the \
         call is made each time the action runs. Calls about the same load balancer or target group go one after the other, \
         and a call that the service throttles or finds busy is sent again. A call that may have been carried out is never \
         sent twice.",
    );
    schema
        .attributes([action().required(), parameters().optional(), region()])
        .attribute(wait_for_completion("progress shows its RequestId"))
        .attribute(wait_options::polling_attribute())
        .block(timeouts::block(&[(Operation::Invoke, "the call, with the wait for its task,")]))
}

fn action() -> Attribute {
    Attribute::string("action").description(
        "Name of the action, such as `CreateListener`. It must be one that starts a task; queries, synchronous actions and \
         those with another way to learn the outcome are errors.",
    )
}

fn parameters() -> Attribute {
    Attribute::dynamic("parameters").description(
        "Parameters of the action: an object with the names of the API, without `jsonencode`. Values that are null are not \
         sent, numbers keep all their digits. Two objects that send the same JSON are equal.",
    )
}

fn on_destroy() -> Attribute {
    let action =
        Attribute::string("action").required().description("Name of the action, such as `DeleteListener`.");
    let parameters = parameters().optional();
    Attribute::nested("on_destroy", Nesting::Single, [action, parameters]).optional().description(
        "Call to make when the resource is destroyed or replaced, with the values in state and in the region of its creation. The \
         provider waits for its task. An error that says that the object does not exist counts as success. Without \
         `on_destroy` nothing is sent then. A change of `on_destroy` is an update that sends nothing; use `triggers` where a \
         change must make the old call first.",
    )
}

fn triggers() -> Attribute {
    Attribute::map("triggers", Type::String)
        .optional()
        .requires_replace()
        .description("Any strings. A change replaces the resource, which makes the call again.")
}

fn region() -> Attribute {
    Attribute::string("region").optional().description("Region of the call. Overrides the provider's region.")
}

fn wait_for_completion(then: &str) -> Attribute {
    Attribute::bool("wait_for_completion").optional().description(format!(
        "Whether to wait until the task completes. Default `true`. With `false` the call is done when the service has accepted \
         it; {then}. Later calls of this run about the same load balancer wait for the task in any case."
    ))
}

fn results() -> impl Iterator<Item = Attribute> {
    let call = [
        Attribute::string("id").computed().use_state_for_unknown().description("A random UUID."),
        Attribute::string("request_id")
            .computed()
            .description("RequestId of the call, which is the id of its task."),
        Attribute::dynamic("response")
            .computed()
            .description("Content of the API's `Response` as an object, such as `response.ListenerIds[0]`."),
    ];
    call.into_iter().chain(task_attributes())
}
