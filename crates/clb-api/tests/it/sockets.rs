//! Tests the HTTP transport over real sockets and in real time.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use clb_api::{
    ApiError, Client, ClientBuilder, Endpoint, Environment, ErrorClass, InstanceRole, Service,
    StaticCredentials,
};
use clb_sim::{Fault, Options, Simulator, TaskScript, When};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::Mutex,
    time::Instant,
};

use crate::support::{demo_keys, region, task};

/// A simulator on a free port of this address.
async fn served(address: &str) -> (Simulator, SocketAddr) {
    let simulator = Simulator::new(Options::starting_now().with_rate_limit(None).with_instance_role("gate"));
    simulator.task("t-1", TaskScript::runs_forever());
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(clb_sim::run(listener, simulator.clone(), std::future::pending::<()>()));
    (simulator, address)
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder()
        .environment(Environment::empty())
        .credentials(demo_keys())
        .region(region("ap-guangzhou"))
        .endpoint(Endpoint::parse(url).unwrap())
        .request_timeout(Duration::from_secs(5))
}

fn client(address: SocketAddr) -> Client {
    builder(&format!("http://{address}")).build().unwrap()
}

async fn poll(client: &Client) -> Result<(), ApiError> {
    client.describe_task_status(&task("t-1")).await.map(|_| ())
}

#[tokio::test]
async fn port_and_ipv6_are_signed_as_they_are_sent() {
    let (_, address) = served("127.0.0.1").await;
    poll(&client(address)).await.unwrap();
    poll(&builder(&format!("http://LOCALHOST:{}", address.port())).build().unwrap()).await.unwrap();
    if let Ok(listener) = TcpListener::bind(("::1", 0)).await {
        drop(listener);
        let (_, address) = served("::1").await;
        poll(&client(address)).await.unwrap();
    }
}

#[tokio::test]
async fn polls_one_after_the_other_take_one_connection() {
    let (_, address) = served("127.0.0.1").await;
    let (counted, connections) = counting(address).await;
    let client = client(counted);
    for _ in 0..100 {
        poll(&client).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn polls_at_once_share_their_connections_with_the_next_ones() {
    let (_, address) = served("127.0.0.1").await;
    let (counted, connections) = counting(address).await;
    let client = client(counted);
    for _ in 0..10 {
        let polls = (0..32).map(|_| {
            tokio::spawn({
                let client = client.clone();
                async move { poll(&client).await }
            })
        });
        for poll in polls.collect::<Vec<_>>() {
            poll.await.unwrap().unwrap();
        }
    }
    let connections = connections.load(Ordering::Relaxed);
    assert!(connections <= 64, "320 polls, 32 at once, over {connections} connections");
}

/// Passes bytes on and counts connections.
async fn counting(to: SocketAddr) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (address, connections) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let mut far = TcpStream::connect(to).await.unwrap();
                let _ = copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    (address, connections)
}

#[tokio::test]
async fn broken_responses_are_transient() {
    let (simulator, address) = served("127.0.0.1").await;
    let client =
        builder(&format!("http://{address}")).request_timeout(Duration::from_secs(1)).build().unwrap();
    for fault in [
        Fault::Reset,
        Fault::Hang,
        Fault::Truncated(30),
        Fault::Slow(Duration::from_millis(50)),
        Fault::Endless,
    ] {
        simulator.fault(When::call(1), fault.clone());
        let began = Instant::now();
        let error = poll(&client).await.unwrap_err();
        assert!(error.is_transient() && error.may_have_acted(), "{fault}: {error:?}");
        assert!(began.elapsed() < Duration::from_secs(4), "{fault}: {:?}", began.elapsed());
    }
    poll(&client).await.unwrap();
}

#[tokio::test]
async fn a_response_is_read_up_to_a_limit() {
    let response = |size: usize| {
        let body = format!("{{\"Response\":{{\"Status\":0,\"RequestId\":\"r-1\"}}}}{}", " ".repeat(size));
        format!("HTTP/1.1 200 x\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let described = async |size| poll(&client(canned(response(size)).await.0)).await;
    let called = async |size| client(canned(response(size)).await.0).call("ModifyListener", &json!({})).await;
    described(200_000).await.unwrap();
    called(8_000_000).await.unwrap();
    let error = described(300_000).await.unwrap_err();
    assert!(error.is_transient() && error.message().contains("longer than 262144 bytes"), "{error}");
    let error = called(9_000_000).await.unwrap_err();
    assert!(error.message().contains("longer than 8388608 bytes"), "{error}");
}

#[tokio::test]
async fn a_refused_connection_means_that_nothing_was_sent() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = client(address).call("CreateListener", &json!({})).await.unwrap_err();
    assert!(error.is_safe_to_resend() && !error.may_have_acted(), "{error:?}");
    assert!(error.message().starts_with(&format!("no response from {address}: ")), "{error}");
}

#[tokio::test]
async fn a_peer_that_never_says_hello_is_given_up_before_anything_is_sent() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let _held = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok(connection) = listener.accept().await {
            held.push(connection);
        }
    });
    let client =
        builder(&format!("https://{address}")).connect_timeout(Duration::from_millis(300)).build().unwrap();
    let began = Instant::now();
    let error = client.call("CreateListener", &json!({})).await.unwrap_err();
    assert!(error.is_safe_to_resend(), "{error:?}");
    assert!(error.message().contains("could not connect"), "{error}");
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_redirect_is_rejected() {
    let (elsewhere, there) = served("127.0.0.1").await;
    let response =
        format!("HTTP/1.1 307 x\r\nlocation: http://{there}/?token=x\r\ncontent-length: 0\r\n\r\n");
    let (address, _) = canned(response).await;
    let error = poll(&client(address)).await.unwrap_err();
    assert!(error.class() == ErrorClass::Rejected && error.message().contains("is not followed"), "{error}");
    assert!(elsewhere.calls().is_empty());
}

#[tokio::test]
async fn the_head_of_a_request_says_who_calls() {
    let (address, requests) = canned("HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
    let keys = StaticCredentials::parse("an-id", "a-key", Some("a-token")).unwrap();
    let client = builder(&format!("http://{address}/api/v3"));
    let client = client.credentials(keys).request_client("my-tool/1").build().unwrap();
    let _ = poll(&client).await;
    let head = String::from_utf8(requests.lock().await.clone()).unwrap().to_ascii_lowercase();
    let version = env!("CARGO_PKG_VERSION");
    for line in [
        "post /api/v3 http/1.1".to_owned(),
        format!("host: {address}"),
        format!("user-agent: my-tool/1 clb-api/{version}"),
        "x-tc-requestclient: my-tool/1".to_owned(),
        "x-tc-action: describetaskstatus".to_owned(),
        "x-tc-version: 2018-03-17".to_owned(),
        "x-tc-region: ap-guangzhou".to_owned(),
        "x-tc-language: en-us".to_owned(),
        "x-tc-token: a-token".to_owned(),
        "content-type: application/json".to_owned(),
    ] {
        assert_eq!(head.matches(&format!("{line}\r\n")).count(), 1, "{line} in\n{head}");
    }
    assert!(head.ends_with(r#"{"taskid":"t-1"}"#) && !head.contains("a-key"), "{head}");
}

/// Responds to every connection with this string, and keeps what the first one sends.
async fn canned(response: String) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (address, request) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let kept = Arc::clone(&request);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut kept = kept.lock().await;
            while !kept.ends_with(b"}") && stream.read_buf(&mut *kept).await.is_ok_and(|read| read > 0) {}
            let _ = stream.write_all(response.as_bytes()).await;
        }
    });
    (address, request)
}

/// A client for another machine than this one, with these variables.
fn far(variables: [(&str, &str); 2]) -> ClientBuilder {
    builder("http://clb.far.test").allow_plain_http(true).environment(Environment::of(variables))
}

#[tokio::test]
async fn a_proxy_of_the_environment_serves_all_but_this_machine() {
    let (proxy, through) = served("127.0.0.1").await;
    let (loopback, address) = served("127.0.0.1").await;
    let through = format!("http://user:hunter2@{through}");
    let request = async |variables| {
        let near = builder(&format!("http://{address}")).environment(Environment::of(variables));
        poll(&near.build().unwrap()).await.unwrap();
        poll(&far(variables).request_timeout(Duration::from_secs(2)).build().unwrap()).await
    };
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        request([(variable, &through), ("NO_PROXY", "ar.test")]).await.unwrap();
    }
    let host = |call: &clb_sim::CallRecord| call.host.clone().unwrap();
    assert_eq!(proxy.calls().iter().map(host).collect::<Vec<_>>(), ["clb.far.test"; 3]);
    assert_eq!(loopback.calls().iter().map(host).collect::<Vec<_>>(), vec![address.to_string(); 3]);
    let excepted = request([("HTTP_PROXY", &through), ("NO_PROXY", "other.test,.far.test")]).await;
    assert!(!excepted.unwrap_err().to_string().contains("hunter2"));
    assert_eq!(proxy.calls().len(), 3, "excepted by NO_PROXY");
}

#[tokio::test]
async fn a_malformed_proxy_is_an_error_that_names_its_variable() {
    for (variable, value) in
        [("HTTP_PROXY", "http://[::"), ("http_proxy", "htp://user:hunter2@x"), ("ALL_PROXY", "ftp://x")]
    {
        let error = poll(&far([(variable, value), ("NO_PROXY", "")]).build().unwrap()).await.unwrap_err();
        let text = error.to_string();
        assert!(
            !error.is_transient() && text.starts_with(&format!("`{variable}`: a proxy is a URL")),
            "{text}"
        );
        assert!(!text.contains("hunter2"), "{text}");
    }
    let (_, address) = served("127.0.0.1").await;
    let near =
        builder(&format!("http://{address}")).environment(Environment::of([("HTTP_PROXY", "ftp://x")]));
    poll(&near.build().unwrap()).await.unwrap();
}

/// Whoever runs a proxy would read the keys of the machine's role, or hand out his own.
#[tokio::test]
async fn the_metadata_service_is_never_reached_through_a_proxy() {
    let (proxy, through) = served("127.0.0.1").await;
    let through = format!("http://{through}");
    for variables in
        [[("HTTP_PROXY", &*through), ("ALL_PROXY", &through)], [("http_proxy", &through), ("X", "")]]
    {
        let machine = far(variables).credentials(InstanceRole::named("gate"));
        let error =
            poll(&machine.request_timeout(Duration::from_millis(300)).build().unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("is this a CVM with a role?"), "{error}");
    }
    assert!(proxy.calls().is_empty(), "{:?}", proxy.calls());
}

/// A client that the program has already, and whose proxy sees everything but the metadata service.
fn existing(proxy: SocketAddr) -> reqwest::Client {
    let proxy = reqwest::Proxy::all(format!("http://{proxy}")).unwrap();
    reqwest::Client::builder().proxy(proxy).redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

#[tokio::test]
async fn an_existing_http_client_sends_all_requests_but_those_for_keys_of_the_machine() {
    let (proxy, through) = served("127.0.0.1").await;
    let far = || far([("X", ""); 2]).http_client(existing(through)).request_timeout(Duration::from_secs(2));
    poll(&far().build().unwrap()).await.unwrap();
    assert_eq!(proxy.calls().len(), 1);
    let machine = far().credentials(InstanceRole::named("gate")).request_timeout(Duration::from_millis(300));
    let error = poll(&machine.build().unwrap()).await.unwrap_err();
    assert!(error.to_string().contains("is this a CVM with a role?"), "{error}");
    assert_eq!(proxy.calls().len(), 1);
}

#[tokio::test]
async fn a_redirect_that_an_existing_http_client_follows_is_an_error() {
    let (_, there) = served("127.0.0.1").await;
    let response =
        format!("HTTP/1.1 307 x\r\nlocation: http://{there}/?token=x\r\ncontent-length: 0\r\n\r\n");
    let (address, _) = canned(response).await;
    let following = builder(&format!("http://{address}")).http_client(reqwest::Client::new());
    let error = poll(&following.build().unwrap()).await.unwrap_err();
    assert!(error.message().contains("followed a redirect"), "{error}");
}

#[tokio::test]
async fn the_simulators_environment_leads_every_product_there_and_none_to_its_real_host() {
    let (_, simulator) = Simulator::start().await;
    simulator.product("cvm", "2017-03-12").response("DescribeZones", json!({ "TotalCount": 4 }));
    let environment: Environment = simulator.environment().into_iter().collect();
    let client = Client::builder().environment(environment).build().unwrap();

    let cvm = client.service(Service::new("cvm", "2017-03-12").unwrap());
    assert_eq!(cvm.call("DescribeZones", &()).await.unwrap().body["TotalCount"], 4);

    let vpc = client.service(Service::new("vpc", "2017-03-12").unwrap());
    assert_eq!(vpc.endpoint().await.unwrap().host(), "vpc.clb-sim.invalid");
    let error = vpc.describe_task_status(&task("t-1")).await.unwrap_err();
    assert!(!error.may_have_acted(), "the host does not exist: {error}");
}
