//! What is logged: fields that help, and nothing secret. A process of its own, since a subscriber is global.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use clb_api::{Client, ClientBuilder, Endpoint, Region, StaticCredentials, Transport, TransportError};
use clb_sim::{Key, Options, Simulator, TaskScript};
use clb_task::TaskId;
use tokio::net::TcpListener;
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

/// The same over a real socket, so that the libraries below have their say, too.
async fn a_real_call() {
    let simulator =
        Simulator::new(Options::starting_now().with_key(Key::new("an-id", "a-key").with_token("a-token")));
    simulator.task("t-1", TaskScript::already_complete().then_succeeds());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(clb_sim::run(listener, simulator, std::future::pending::<()>()));
    let client = client().endpoint(endpoint).build().unwrap();
    client.describe_task_status(&TaskId::parse("t-1").unwrap().into()).await.unwrap();
}

fn client() -> ClientBuilder {
    Client::builder()
        .credentials(StaticCredentials::parse("an-id", "a-key", Some("a-token")).unwrap())
        .region(Region::parse("ap-guangzhou").unwrap())
}

#[tokio::test]
async fn calls_are_traced_with_fields_and_without_secrets() {
    let log = Everything::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(log.clone())).unwrap();
    let client = client().transport(Arc::new(Quoting)).build().unwrap();
    let task = TaskId::parse("t-1").unwrap().into();
    client.describe_task_status(&task).await.unwrap_err();
    a_real_call().await;

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
        "accepted=true",
    ] {
        assert!(log.contains(line), "{line} in\n{log}");
    }
    for secret in ["an-id", "a-key", "a-token"] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
}
