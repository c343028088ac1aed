//! A caller that signs as clients do, and variations of what it sends.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use clb_sign::{Credential, SecretId, SecretKey, SecurityToken, SignableRequest, SigningTime, sign};
use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, Simulator};
use http::Request;
use serde_json::{Value, json};

/// The simulator's time at the start of the tests.
pub(crate) const START: u64 = 1_700_000_000;

/// A simulator that starts at [`START`].
pub(crate) fn simulator() -> Simulator {
    Simulator::new(options())
}

/// Options of a simulator that starts at [`START`].
pub(crate) fn options() -> Options {
    Options::starting_at(START)
}

/// A call to be signed.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) service: &'static str,
    pub(crate) host: String,
    pub(crate) content_type: &'static str,
    pub(crate) version: &'static str,
    pub(crate) action: String,
    pub(crate) region: &'static str,
    pub(crate) body: String,
    pub(crate) credential: Credential,
    pub(crate) unix: u64,
}

impl Call {
    /// A call to the load balancer API, in order in every respect.
    pub(crate) fn clb(action: &str, parameters: &Value) -> Self {
        Self {
            service: "clb",
            host: "clb.tencentcloudapi.com".to_owned(),
            content_type: "application/json",
            version: "2018-03-17",
            action: action.to_owned(),
            region: "ap-guangzhou",
            body: parameters.to_string(),
            credential: credential(DEMO_SECRET_ID, DEMO_SECRET_KEY),
            unix: START,
        }
    }

    /// A call that creates a listener for this port of `lb-1`.
    pub(crate) fn create_listener(port: u16) -> Self {
        let listener = json!({ "LoadBalancerId": "lb-1", "Ports": [port], "Protocol": "TCP" });
        Self::clb("CreateListener", &listener)
    }

    /// A call to the security token service.
    pub(crate) fn sts(action: &str, parameters: &Value) -> Self {
        let host = "sts.tencentcloudapi.com".to_owned();
        Self { service: "sts", host, version: "2018-08-13", ..Self::clb(action, parameters) }
    }

    /// A poll of a task.
    pub(crate) fn poll(task: &str) -> Self {
        Self::clb("DescribeTaskStatus", &json!({ "TaskId": task }))
    }

    /// The same call by someone else.
    pub(crate) fn by(self, credential: Credential) -> Self {
        Self { credential, ..self }
    }

    /// The signed request.
    pub(crate) fn request(&self) -> Request<Bytes> {
        let body = self.body.as_bytes();
        let signing = SignableRequest::post(self.service, &self.host, self.content_type, body).unwrap();
        let signed = sign(&signing, &self.credential, SigningTime::from_unix(self.unix).unwrap());
        let request = Request::post("/")
            .header("host", &self.host)
            .header("content-type", self.content_type)
            .header("x-tc-action", &self.action)
            .header("x-tc-version", self.version)
            .header("x-tc-region", self.region)
            .header("x-tc-requestclient", "clb-sim tests");
        let request = signed.iter().fold(request, |request, (name, value)| request.header(name, value));
        request.body(Bytes::from(self.body.clone())).unwrap()
    }

    /// Sends it and returns the content of `Response`.
    pub(crate) async fn send(&self, simulator: &Simulator) -> Value {
        send(self.request(), simulator).await
    }

    /// Sends it and returns the error code of the response.
    pub(crate) async fn code(&self, simulator: &Simulator) -> String {
        code(&self.send(simulator).await)
    }
}

/// Sends any request and returns the content of `Response`.
pub(crate) async fn send(request: Request<Bytes>, simulator: &Simulator) -> Value {
    content(simulator.handle(request).await.unwrap().body())
}

/// The content of `Response`.
pub(crate) fn content(body: &[u8]) -> Value {
    serde_json::from_slice::<Value>(body).unwrap()["Response"].take()
}

/// The error code of a response, `none` if it is not an error.
pub(crate) fn code(response: &Value) -> String {
    response["Error"]["Code"].as_str().unwrap_or("none").to_owned()
}

/// A lasting credential.
pub(crate) fn credential(id: &str, key: &str) -> Credential {
    Credential::new(SecretId::new(id).unwrap(), SecretKey::new(key).unwrap())
}

/// The credential in a response of the security token service, or in metadata.
pub(crate) fn temporary(keys: &Value) -> Credential {
    let text = |name: &str| keys[name].as_str().unwrap();
    let token = SecurityToken::new(text("Token")).unwrap();
    credential(text("TmpSecretId"), text("TmpSecretKey")).with_token(token)
}

/// The real time, for simulators that run at it.
#[expect(clippy::disallowed_methods, reason = "some simulators run at the real time")]
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
