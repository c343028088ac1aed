use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use tfplugin_proto::tfplugin6 as proto;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{About, Events, Plugin, resource};
use crate::list::Listed;
use crate::{Diagnostics, Listing};

/// So many found objects wait for the client.
const WAITING: usize = 64;

pub(super) async fn validate(
    plugin: Arc<Plugin>,
    request: proto::validate_list_resource_config::Request,
) -> proto::validate_list_resource_config::Response {
    let call = plugin.call("ValidateListResourceConfig", About::ListResource(&request.type_name));
    let validated = call.run(async {
        let entry = plugin.registry().list_resources.get(&request.type_name)?;
        let config = entry.checked_config(request.config.as_ref())?;
        entry.object.validate(config, &call.context).await
    });
    let (_, diagnostics) = validated.await;
    proto::validate_list_resource_config::Response { diagnostics }
}

/// Objects as they are found. The search continues only while the client listens.
pub(super) fn list(
    plugin: Arc<Plugin>,
    request: proto::list_resource::Request,
) -> Events<proto::list_resource::Event> {
    let (events, received) = mpsc::channel(WAITING);
    let search = async move { Arc::clone(&plugin).operations.run(search(plugin, request, events)).await };
    let search = stream::once(search).filter_map(|()| std::future::ready(None));
    stream::select(ReceiverStream::new(received).map(Ok), search).boxed()
}

async fn search(
    plugin: Arc<Plugin>,
    request: proto::list_resource::Request,
    events: mpsc::Sender<proto::list_resource::Event>,
) {
    let call = plugin.call("ListResource", About::ListResource(&request.type_name));
    let searched = call.run(async {
        let entry = plugin.registry().list_resources.get(&request.type_name)?;
        let config = entry.shape().read(request.config.as_ref())?;
        let (objects, mut found) = mpsc::channel(1);
        // Without a limit the client takes whatever there is.
        let limit = u64::try_from(request.limit).ok().filter(|limit| *limit > 0).unwrap_or(u64::MAX);
        let listing = Listing::new(objects, limit);
        let list = async {
            let listed = entry.object.list(config, &listing, &call.context).await;
            drop(listing);
            listed
        };
        let send = async {
            while let Some(listed) = found.recv().await {
                let _ = events.send(event(&plugin, &request, listed)?).await;
            }
            Ok::<_, Diagnostics>(())
        };
        tokio::try_join!(list, send)
    });
    let (_, diagnostic) = searched.await;
    if !diagnostic.is_empty() {
        let _ = events.send(proto::list_resource::Event { diagnostic, ..Default::default() }).await;
    }
}

fn event(
    plugin: &Plugin,
    request: &proto::list_resource::Request,
    (display_name, state): Listed,
) -> Result<proto::list_resource::Event, Diagnostics> {
    let entry = plugin.registry().resources.get(&request.type_name)?;
    let (object, identity) = resource::written(entry, state)?;
    let resource_object = request.include_resource_object.then_some(object);
    Ok(proto::list_resource::Event { identity, display_name, resource_object, diagnostic: Vec::new() })
}
