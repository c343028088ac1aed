use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tfplugin_proto::tfplugin6 as proto;
use tokio::sync::mpsc::Receiver;

use proto::invoke_action::event::{Completed, Progress as Line, Type};

use super::{About, Events, Plugin};
use crate::Progress;

pub(super) async fn validate(
    plugin: Arc<Plugin>,
    request: proto::validate_action_config::Request,
) -> proto::validate_action_config::Response {
    let call = plugin.call("ValidateActionConfig", About::Action(&request.type_name));
    let validated = call.run(async {
        let entry = plugin.registry().actions.get(&request.type_name)?;
        let config = entry.checked_config(request.config.as_ref())?;
        entry.object.validate(config, &call.context).await
    });
    let (_, diagnostics) = validated.await;
    proto::validate_action_config::Response { diagnostics }
}

pub(super) async fn plan(
    plugin: Arc<Plugin>,
    request: proto::plan_action::Request,
) -> proto::plan_action::Response {
    let call =
        plugin.call("PlanAction", About::Action(&request.action_type)).able_to(request.client_capabilities);
    let planned = call.run(async {
        let entry = plugin.registry().actions.get(&request.action_type)?;
        let config = entry.shape().read(request.config.as_ref())?;
        entry.object.plan(config, &call.context).await
    });
    let (_, diagnostics) = planned.await;
    proto::plan_action::Response { diagnostics, deferred: call.deferred() }
}

/// Lines of progress as they come, then the end. The work continues only while the client listens.
pub(super) fn invoke(
    plugin: Arc<Plugin>,
    request: proto::invoke_action::Request,
) -> Events<proto::invoke_action::Event> {
    let (progress, lines) = Progress::new();
    let work =
        async move { Arc::clone(&plugin).operations.run(perform(plugin, request, progress)).await }.boxed();
    let invocation = Invocation { state: State::Working(work), lines };
    let events = stream::unfold(invocation, Invocation::next);
    events.map(|event| Ok(proto::invoke_action::Event { r#type: Some(event) })).boxed()
}

struct Invocation {
    state: State,
    lines: Receiver<String>,
}

enum State {
    Working(BoxFuture<'static, Vec<proto::Diagnostic>>),
    /// Done; lines may be left.
    Done(Vec<proto::Diagnostic>),
    Completed,
}

impl Invocation {
    async fn next(mut self) -> Option<(Type, Self)> {
        if let State::Working(work) = &mut self.state {
            tokio::select! {
                biased;
                Some(message) = self.lines.recv() => return Some((Type::Progress(Line { message }), self)),
                diagnostics = work => self.state = State::Done(diagnostics),
            }
        }
        if let Ok(message) = self.lines.try_recv() {
            return Some((Type::Progress(Line { message }), self));
        }
        match std::mem::replace(&mut self.state, State::Completed) {
            State::Done(diagnostics) => Some((Type::Completed(Completed { diagnostics }), self)),
            State::Working(_) | State::Completed => None,
        }
    }
}

async fn perform(
    plugin: Arc<Plugin>,
    request: proto::invoke_action::Request,
    progress: Progress,
) -> Vec<proto::Diagnostic> {
    let call =
        plugin.call("InvokeAction", About::Action(&request.action_type)).able_to(request.client_capabilities);
    let invoked = call.run(async {
        let entry = plugin.registry().actions.get(&request.action_type)?;
        let config = entry.shape().read(request.config.as_ref())?;
        entry.object.invoke(config, &progress, &call.context).await
    });
    invoked.await.1
}
