//! Errors and their sources: each says its own part, and together they say everything once.

use std::{io, time::Duration};

use bytes::Bytes;
use clb_api::{
    AssumeRole, CallError, Client, CredentialError, Environment, InstanceRole, Options, Transport,
    TransportError, WaitOptions, async_trait, models::DescribeListeners,
};
use clb_sim::{Fault, Simulator, TaskScript, When};
use clb_task::TaskId;
use serde_json::json;

use crate::{
    service::{Fate, Service},
    support::{builder, chain, client, demo_keys, region, simulator, task},
};

/// A network whose errors have a cause.
struct Broken;

#[async_trait]
impl Transport for Broken {
    async fn send(
        &self,
        _: http::Request<Bytes>,
        _: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let cause = io::Error::new(io::ErrorKind::ConnectionReset, "reset by the peer");
        Err(TransportError::maybe_sent("the connection broke").with_source(cause))
    }
}

async fn first_error(options: Options) -> Vec<String> {
    let client = Client::builder().environment(Environment::empty()).transport(Broken).options(options);
    chain(&client.build().unwrap().call("ModifyListener", &()).await.unwrap_err())
}

#[tokio::test]
async fn a_network_error_is_in_the_chain_and_in_the_message() {
    let options = Client::builder().environment(Environment::empty()).transport(Broken);
    let client = options.region(region("ap-guangzhou")).credentials(demo_keys()).build().unwrap();
    let error = client.call("ModifyListener", &()).await.unwrap_err();
    assert_eq!(
        chain(&error),
        [
            "no response from clb.tencentcloudapi.com (in ap-guangzhou at clb.tencentcloudapi.com)",
            "the connection broke",
            "reset by the peer"
        ]
    );
    assert_eq!(
        error.message(),
        "no response from clb.tencentcloudapi.com: the connection broke: reset by the peer"
    );
    assert_eq!(error.poll_error().message, error.message());
    let shown = format!("{error:?}");
    assert!(shown.contains("reset by the peer"), "{shown}");
}

#[tokio::test]
async fn what_is_missing_in_the_configuration_is_said_once() {
    let region = Some("ap-guangzhou".to_owned());
    assert_eq!(first_error(Options::default()).await.len(), 1);
    assert_eq!(first_error(Options { region: region.clone(), ..<_>::default() }).await.len(), 1);
    let odd = Options { endpoint: Some("not a URL".to_owned()), ..<_>::default() };
    assert_eq!(first_error(odd).await.len(), 1);
    let malformed = Options {
        region: region.clone(),
        secret_id: Some(" id".to_owned()),
        secret_key: Some("key".to_owned()),
        ..<_>::default()
    };
    assert_eq!(first_error(malformed).await[1..], ["secret id has white space around it"]);
    let machine = Options { region, cam_role_name: Some("gate".to_owned()), ..<_>::default() };
    let shown = first_error(machine).await;
    assert_eq!(shown.last().unwrap(), "reset by the peer", "{shown:?}");
}

#[tokio::test(start_paused = true)]
async fn a_role_that_is_not_assumed_says_why_once() {
    let simulator = simulator();
    simulator
        .fault(When::always().of("AssumeRole"), Fault::api_error("AuthFailure.UnauthorizedOperation", "no"));
    let role = AssumeRole { role_arn: Some("qcs::cam::uin/1:roleName/r".to_owned()), ..<_>::default() };
    let role = AssumeRole { session_name: Some("s".to_owned()), ..role };
    let client = builder(&simulator).credentials(demo_keys()).assume_role(role.clone()).build().unwrap();
    let shown = chain(&client.call("DescribeListeners", &()).await.unwrap_err());
    let rejected = "assuming the role `qcs::cam::uin/1:roleName/r`: AuthFailure.UnauthorizedOperation: no (";
    assert!(shown.len() == 1 && shown[0].starts_with(rejected), "{shown:?}");

    let broken = Client::builder().environment(Environment::empty()).transport(Broken);
    let broken = broken.region(region("ap-guangzhou"));
    for client in [
        broken.clone().credentials(demo_keys()).assume_role(role).build().unwrap(),
        broken.credentials(InstanceRole::named("gate")).build().unwrap(),
    ] {
        let shown = chain(&client.call("DescribeListeners", &()).await.unwrap_err());
        assert_eq!(shown.last().unwrap(), "reset by the peer", "{shown:?}");
    }
    let source = CredentialError::because("vault", "the lease is gone", io::Error::other("404"));
    assert_eq!(chain(&source), ["vault: the lease is gone", "404"]);
}

#[tokio::test(start_paused = true)]
async fn a_response_that_cannot_be_read_says_why_once() {
    let simulator = simulator();
    simulator.fault(When::call(1), Fault::body(r#"{"Response":{"TotalCount":{},"RequestId":"r"}}"#));
    simulator.response("DescribeListeners", json!({ "Listeners": {}, "TotalCount": "many" }));
    let error = client(&simulator).send(&DescribeListeners::new("lb-1")).await.unwrap_err();
    let shown = chain(&error);
    assert!(shown.len() == 2 && error.message().ends_with(&shown[1]), "{shown:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_did_not_complete_says_why_once() {
    let parameters = json!({ "LoadBalancerId": "lb-1", "ListenerId": "lbl-1" });
    let options = WaitOptions::default().with_timeout(Duration::from_secs(30));
    let outcome = async |service: &Service| {
        chain(&service.client().call_and_wait("DeleteListener", &parameters, options).await.unwrap_err())
    };
    let service = || Service::new(Duration::from_secs(1));
    let busy = Fate::Error("FailedOperation.ResourceInOperating", "busy");
    assert_eq!(outcome(&service().fates([busy; 40])).await.len(), 2);
    assert_eq!(outcome(&service().fates([Fate::ActedAndReset])).await.len(), 3);
    assert_eq!(outcome(&service().fates([Fate::Error("LimitExceeded", "no")])).await.len(), 1);
    assert_eq!(outcome(&service().failing_tasks()).await.len(), 1);
    assert_eq!(outcome(&service().without_tasks()).await.len(), 3);
    let slow = Service::new(Duration::from_secs(100));
    assert_eq!(outcome(&slow).await[0], "the call was accepted, but the task was not seen to complete");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_did_not_end_says_why_once() {
    let ended = async |simulator: &Simulator| {
        let options = WaitOptions::default().with_timeout(Duration::from_secs(30));
        let error = client(simulator).wait(TaskId::parse("t-1").unwrap(), options).await.unwrap_err();
        assert!(matches!(error, CallError::Wait { .. }), "{error:?}");
        chain(&error)
    };
    for (fault, length) in [
        (Fault::throttled().into(), 3),
        (Fault::api_error("InternalError", "later").into(), 3),
        (Fault::api_error("InvalidParameter", "unknown").into(), 3),
        (Fault::Reset, 3),
    ] {
        let simulator = simulator();
        simulator.task("t-1", TaskScript::runs_forever()).fault(When::always(), fault.clone());
        let shown = ended(&simulator).await;
        assert_eq!(shown.len(), length, "{fault}: {shown:?}");
    }
    let simulator = simulator();
    simulator.task("t-1", TaskScript::runs_for_polls(1).then_reports(7));
    assert_eq!(ended(&simulator).await.len(), 2);
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn the_causes_of_the_http_library_are_in_the_chain_once() {
    let url = |address: &str| clb_api::Endpoint::parse(address).unwrap();
    let client = |address: &str| {
        let builder = Client::builder().environment(Environment::empty()).region(region("ap-guangzhou"));
        let builder = builder.request_timeout(Duration::from_secs(2)).credentials(demo_keys());
        builder.endpoint(url(address)).build().unwrap()
    };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let shown = chain(&client(&refused).call("ModifyListener", &()).await.unwrap_err());
    assert_eq!(shown[1], "could not connect");
    assert!(shown.last().unwrap().contains("refused"), "{shown:?}");

    let (address, simulator) = Simulator::start().await;
    for fault in [Fault::Reset, Fault::Hang, Fault::Truncated(30), Fault::Endless] {
        simulator.fault(When::call(1), fault.clone());
        let shown = chain(&client(&address).describe_task_status(&task("t-1")).await.unwrap_err());
        assert!(shown.len() > 1, "{fault}: {shown:?}");
    }
    let not_tls = address.replace("http:", "https:");
    let shown = chain(&client(&not_tls).call("ModifyListener", &()).await.unwrap_err());
    assert!(shown.len() > 2 && shown[1] == "could not connect", "{shown:?}");

    let ca_file = clb_api::HttpTransport::new(Duration::from_secs(1)).with_ca_file("/nowhere/ca.pem");
    let builder = Client::builder().environment(Environment::empty()).region(region("ap-guangzhou"));
    let builder = builder.credentials(demo_keys()).endpoint(url(&not_tls)).transport(ca_file);
    let shown = chain(&builder.build().unwrap().call("ModifyListener", &()).await.unwrap_err());
    assert!(shown[0].starts_with("`ca_file` /nowhere/ca.pem cannot be read"), "{shown:?}");
    assert_eq!(shown.len(), 2, "{shown:?}");
}
