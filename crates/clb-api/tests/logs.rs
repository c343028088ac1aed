//! The log events: they have useful fields and no secret. The tests have a process of their own, because a subscriber is global.
#![allow(clippy::unwrap_used, reason = "a test that cannot continue fails")]

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use clb_api::{
    ApiError, AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, Client, ClientBuilder, Endpoint,
    Environment, MfaCertification, Region, StaticCredentials, Transport, TransportError,
};
use clb_sim::{Key, Options, Simulator, TaskScript};
use clb_task::TaskId;
use serde_json::json;
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

/// A service that quotes all that it receives, in every place where an error has text.
struct Quoting;

#[async_trait]
impl Transport for Quoting {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let token = request.headers().get("x-tc-token").map_or("-", |token| token.to_str().unwrap());
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let authorization = request.headers()["authorization"].to_str().unwrap();
        let quoted = format!("{authorization} with {token} sent {body}");
        let error = json!({"Code": format!("AuthFailure.{token}"), "Message": quoted});
        let body = json!({"Response": {"Error": error, "RequestId": token}});
        Ok(http::Response::new(Bytes::from(body.to_string())))
    }
}

/// A token of a usual length, longer than the longest message that an error keeps.
fn long_token() -> String {
    "a-token-".repeat(400)
}

/// The same over a real socket, so that the libraries below have their say, too.
async fn a_real_call() {
    let simulator =
        Simulator::new(Options::starting_now().with_key(Key::new("an-id", "a-key").with_token(long_token())));
    simulator.task("t-1", TaskScript::already_complete().then_succeeds());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(clb_sim::run(listener, simulator, std::future::pending::<()>()));
    let client = client().endpoint(endpoint).build().unwrap();
    client.describe_task_status(&TaskId::parse("t-1").unwrap().into()).await.unwrap();
}

fn client() -> ClientBuilder {
    Client::builder()
        .environment(Environment::empty())
        .credentials(StaticCredentials::parse("an-id", "a-key", Some(&long_token())).unwrap())
        .region(Region::parse("ap-guangzhou").unwrap())
}

/// Everything that an error says: its words, its fields, its sources.
fn said(error: &ApiError) -> String {
    let mut said = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        write!(said, " {error} {error:?}").unwrap();
        source = error.source();
    }
    said
}

/// What goes wrong with each kind of secret that a client may hold.
async fn errors_of_every_kind() -> String {
    let secret = |name: &str| Some(format!("hunter2-{name}"));
    let plain = |text: &str| Some(text.to_owned());
    let role = AssumeRole {
        role_arn: plain("arn"),
        session_name: plain("s"),
        external_id: secret("external-id"),
        serial_number: plain("mfa"),
        token_code: secret("code"),
        ..AssumeRole::default()
    };
    let saml = AssumeRoleWithSaml {
        saml_assertion: secret("assertion+/="),
        principal_arn: plain("p"),
        role_arn: plain("arn"),
        session_name: plain("s"),
        ..<_>::default()
    };
    let oidc = AssumeRoleWithWebIdentity {
        web_identity_token: secret("oidc"),
        role_arn: plain("arn"),
        session_name: plain("s"),
        ..<_>::default()
    };
    let mfa =
        MfaCertification { serial_number: plain("mfa"), token_code: secret("mfa-code"), ..<_>::default() };
    let keys = || clb_api::Options {
        secret_id: secret("id"),
        secret_key: secret("key"),
        security_token: secret("token"),
        region: plain("ap-guangzhou"),
        ..<_>::default()
    };
    let options = [
        keys(),
        clb_api::Options { assume_role: Some(role), ..keys() },
        clb_api::Options { assume_role_with_saml: Some(saml), ..keys() },
        clb_api::Options { assume_role_with_web_identity: Some(oidc), ..keys() },
        clb_api::Options { mfa_certification: Some(mfa), ..keys() },
        clb_api::Options { endpoint: plain("https://user:hunter2@host"), ..keys() },
        clb_api::Options { endpoint: plain("https://host?hunter2"), ..keys() },
        clb_api::Options { secret_key: plain("hunter2 with space"), ..keys() },
    ];
    let mut said_of_all = String::new();
    for options in options {
        let builder = Client::builder().environment(Environment::empty()).options(options);
        let builder = builder.transport(Arc::new(Quoting));
        write!(said_of_all, "{builder:?}").unwrap();
        let client = builder.build().unwrap();
        let error = client.describe_task_status(&TaskId::parse("t-1").unwrap().into()).await.unwrap_err();
        writeln!(said_of_all, "{client:?} {}", said(&error)).unwrap();
    }
    said_of_all
}

/// A proxy URL with a password: the proxy rejects it, the proxy is not there, and the URL is malformed.
async fn proxies() -> String {
    let (listener, mut all) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), String::new());
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let response = b"HTTP/1.1 407 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, response).await;
        }
    });
    for proxy in [
        format!("http://user:hunter2@{address}"),
        "http://user:hunter2@127.0.0.1:1".to_owned(),
        "hunter2:x".to_owned(),
    ] {
        for url in ["https://clb.far.test", "http://clb.far.test"] {
            let environment = Environment::of([("ALL_PROXY", &*proxy)]);
            let builder = client().endpoint(Endpoint::parse(url).unwrap()).allow_plain_http(true);
            let client = builder.environment(environment).build().unwrap();
            let task = TaskId::parse("t-1").unwrap().into();
            all += &said(&client.describe_task_status(&task).await.unwrap_err());
        }
    }
    all
}

#[tokio::test]
async fn calls_are_traced_with_fields_and_without_secrets() {
    let log = Everything::default();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(log.clone())).unwrap();
    let client = client().transport(Arc::new(Quoting)).build().unwrap();
    let task = TaskId::parse("t-1").unwrap().into();
    let mut said = said(&client.describe_task_status(&task).await.unwrap_err());
    a_real_call().await;
    said += &errors_of_every_kind().await;
    said += &proxies().await;

    let log = log.0.lock().unwrap();
    for line in [
        "service=\"clb\"",
        "action=\"DescribeTaskStatus\"",
        "region=\"ap-guangzhou\"",
        "host=\"clb.tencentcloudapi.com\"",
        "http_status=200",
        "request_id=\"[redacted]\"",
        "code=\"AuthFailure.[redacted]\"",
        "accepted=false",
        "accepted=true",
    ] {
        assert!(log.contains(line), "{line} in\n{log}");
    }
    for secret in ["an-id", "a-key", "a-token", "hunter2"] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
        assert!(!said.contains(secret), "{secret} in\n{said}");
    }
}
