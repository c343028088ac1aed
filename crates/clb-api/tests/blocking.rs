//! The blocking client, in real time: from a plain thread, and from within another runtime.
#![allow(clippy::unwrap_used, reason = "a test that cannot continue fails")]

use std::{net::TcpListener, sync::mpsc, thread, time::Duration};

use clb_api::{
    CallError, Client, Endpoint, Environment, Paging, Region, StaticCredentials, WaitOptions, blocking,
    clb_task::{TaskId, TaskStatus},
    models::{CreateListener, DescribeListeners, LoadBalancer},
};
use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, Simulator, TaskScript};

/// A simulator with a runtime of its own, as another process would have.
fn served() -> (Simulator, String) {
    let simulator = Simulator::new(Options::starting_now().with_action_duration(Duration::from_millis(50)));
    let (sender, receiver) = mpsc::channel();
    let served = simulator.clone();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            sender.send(format!("http://{}", listener.local_addr().unwrap())).unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let _ = clb_sim::run(listener, served, std::future::pending::<()>()).await;
        });
    });
    (simulator, receiver.recv().unwrap())
}

fn client(url: &str) -> blocking::Client {
    let client = Client::builder()
        .environment(Environment::empty())
        .credentials(StaticCredentials::parse(DEMO_SECRET_ID, DEMO_SECRET_KEY, None).unwrap())
        .region(Region::parse("ap-guangzhou").unwrap())
        .endpoint(Endpoint::parse(url).unwrap());
    blocking::Client::new(client.build().unwrap()).unwrap()
}

#[test]
fn calls_and_waits_block() {
    let (simulator, url) = served();
    simulator.task("t-1", TaskScript::already_complete().then_fails("no quota"));
    let client = client(&url);
    let balancers = client.call("DescribeLoadBalancers", &()).unwrap();
    assert!(!balancers.request_id.is_empty());
    assert_eq!(client.region().unwrap().as_str(), "ap-guangzhou");
    assert_eq!(client.with_region("ap-beijing".parse().unwrap()).region().unwrap().as_str(), "ap-beijing");
    assert!(client.credentials().unwrap().expires_at().is_none() && client.warnings().is_empty());

    let create = CreateListener::new("lb-1", vec![80], "TCP");
    let created = client.send_and_wait(&create, WaitOptions::default()).unwrap();
    let listeners = client.send(&DescribeListeners::new("lb-1")).unwrap().listeners;
    assert_eq!(listeners[0].listener_id, created.output.listener_ids[0]);
    let paging = Paging::offset("LoadBalancerSet", 1);
    let all: Vec<LoadBalancer> = client.collect_pages("DescribeLoadBalancers", &(), paging).unwrap();
    assert_eq!(all.len(), 1);

    let task = TaskId::parse("t-1").unwrap();
    assert_eq!(client.describe_task_status(&task.clone().into()).unwrap().status, TaskStatus::Failed);
    let error = client.wait(task.clone(), WaitOptions::default()).unwrap_err();
    assert!(matches!(error, CallError::TaskFailed { .. }), "{error}");
    assert_eq!(client.wait_all([task], WaitOptions::default()).len(), 1);
}

#[test]
fn the_thread_of_another_runtime_may_use_and_drop_it() {
    let (_, url) = served();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = client(&url);
        client.call("DescribeLoadBalancers", &()).unwrap();
        drop(client);
    });
}
