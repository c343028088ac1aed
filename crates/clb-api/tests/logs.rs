//! What is logged: fields that help, and nothing secret. A process of its own, since a subscriber is global.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use clb_api::{Client, Region, StaticCredentials, Transport, TransportError};
use clb_task::TaskId;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt};

/// Keeps every field of every span and event, at all levels.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

impl Visit for &Everything {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl<S: Subscriber> Layer<S> for Everything {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        attributes.record(&mut &*self);
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut &*self);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut &*self);
    }
}

/// A service that quotes what it refuses.
struct Quoting;

#[async_trait]
impl Transport for Quoting {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let token = request.headers()["x-tc-token"].to_str().unwrap();
        let body = format!(
            r#"{{"Response":{{"Error":{{"Code":"AuthFailure","Message":"an-id with {token} is unknown"}},"RequestId":"r-1"}}}}"#
        );
        Ok(http::Response::new(Bytes::from(body)))
    }
}

#[tokio::test]
async fn calls_are_traced_with_fields_and_without_secrets() {
    let log = Everything::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(log.clone())).unwrap();
    let client = Client::builder()
        .credentials(StaticCredentials::parse("an-id", "a-key", Some("a-token")).unwrap())
        .region(Region::parse("ap-guangzhou").unwrap())
        .transport(Arc::new(Quoting))
        .build()
        .unwrap();
    let task = TaskId::parse("t-1").unwrap().into();
    client.describe_task_status(&task).await.unwrap_err();

    let log = log.0.lock().unwrap();
    for line in [
        "service=\"clb\"",
        "action=\"DescribeTaskStatus\"",
        "region=\"ap-guangzhou\"",
        "host=\"clb.tencentcloudapi.com\"",
        "http_status=200",
        "request_id=\"r-1\"",
        "code=\"AuthFailure\"",
        "accepted=false",
    ] {
        assert!(log.contains(line), "{line} in\n{log}");
    }
    for secret in ["an-id", "a-key", "a-token"] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
}
