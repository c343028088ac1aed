//! What is logged: fields that help, and nothing secret.

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
};

use clb_api::StaticCredentials;
use clb_sim::{Fault, When};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt};

use crate::support::{builder, simulator, task};

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

#[tokio::test(start_paused = true)]
async fn calls_are_traced_with_fields_and_without_secrets() {
    let simulator = simulator();
    simulator.fault(When::always(), Fault::api_error("AuthFailure", "an-id with a-token is unknown"));
    let keys = StaticCredentials::parse("an-id", "a-key", Some("a-token")).unwrap();
    let client = builder(&simulator).credentials(keys).build().unwrap();
    let log = Everything::default();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(log.clone()));
    client.describe_task_status(&task("t-1")).await.unwrap_err();
    drop(guard);

    let log = log.0.lock().unwrap();
    for line in [
        "service=\"clb\"",
        "action=\"DescribeTaskStatus\"",
        "region=\"ap-guangzhou\"",
        "host=\"clb.tencentcloudapi.com\"",
        "http_status=200",
        "code=\"AuthFailure\"",
        "accepted=false",
    ] {
        assert!(log.contains(line), "{line} in\n{log}");
    }
    assert!(
        log.contains(&format!("request_id={:?}", simulator.calls()[0].request_id.as_deref().unwrap())),
        "{log}"
    );
    for secret in ["an-id", "a-key", "a-token"] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
}
