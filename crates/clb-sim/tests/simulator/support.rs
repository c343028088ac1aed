//! What the tests have in common: a caller that signs as clients do.
use bytes::Bytes;
use clb_sign::{Credential, SecretId, SecretKey, SecurityToken, SigningRequest, SigningTime, sign};
use clb_sim::{Broken, DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, Simulator};
use http::Request;
use serde_json::{Value, json};

/// The simulator's time at the start of the tests.
pub(crate) const START: u64 = 1_700_000_000;
/// The host that the tests call.
pub(crate) const HOST: &str = "clb.tencentcloudapi.com";

/// A simulator that starts at [`START`].
pub(crate) fn simulator() -> Simulator {
    Simulator::new(Options::starting_at(START))
}

/// A call, to be signed; its fields are what the tests vary.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) service: &'static str,
    pub(crate) version: &'static str,
    pub(crate) host: String,
    pub(crate) action: String,
    pub(crate) region: Option<String>,
    pub(crate) body: String,
    pub(crate) credential: Credential,
    pub(crate) time: u64,
}

impl Call {
    pub(crate) fn new(action: &str, parameters: &Value) -> Self {
        Self {
            service: "clb",
            version: "2018-03-17",
            host: HOST.to_owned(),
            action: action.to_owned(),
            region: Some("ap-guangzhou".to_owned()),
            body: parameters.to_string(),
            credential: credential(DEMO_SECRET_ID, DEMO_SECRET_KEY),
            time: START,
        }
    }

    /// A question about a task.
    pub(crate) fn about(task: &str) -> Self {
        Self::new("DescribeTaskStatus", &json!({ "TaskId": task }))
    }

    pub(crate) fn signed(&self) -> Request<Bytes> {
        let content_type = "application/json";
        let time = SigningTime::from_unix(self.time).unwrap();
        let request =
            SigningRequest::post(self.service, &self.host, content_type, self.body.as_bytes()).unwrap();
        let mut http = Request::post("/")
            .header("host", &self.host)
            .header("content-type", content_type)
            .header("x-tc-action", &self.action)
            .header("x-tc-version", self.version);
        if let Some(region) = &self.region {
            http = http.header("x-tc-region", region);
        }
        for (name, value) in sign(&request, &self.credential, time).iter() {
            http = http.header(name, value);
        }
        http.body(Bytes::from(self.body.clone())).unwrap()
    }

    /// Sends it and gives the content of `Response`.
    pub(crate) async fn send(&self, simulator: &Simulator) -> Value {
        let response = simulator.handle(self.signed()).await.unwrap();
        content(response.body())
    }

    pub(crate) async fn try_send(&self, simulator: &Simulator) -> Result<http::Response<Bytes>, Broken> {
        simulator.handle(self.signed()).await
    }
}

pub(crate) fn credential(id: &str, key: &str) -> Credential {
    Credential::new(SecretId::new(id).unwrap(), SecretKey::new(key).unwrap())
}

pub(crate) fn temporary(id: &str, key: &str, token: &str) -> Credential {
    credential(id, key).with_token(SecurityToken::new(token).unwrap())
}

/// The content of `Response`.
pub(crate) fn content(body: &[u8]) -> Value {
    serde_json::from_slice::<Value>(body).unwrap()["Response"].take()
}
