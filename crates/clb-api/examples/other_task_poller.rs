//! Waits for tasks of the bare metal load balancer, whose status another action reports than `DescribeTaskStatus`.
//!
//! ```sh
//! cargo run -p clb-api --example other_task_poller -- lb-1a2b3c4d lbl-1a2b3c4d
//! ```

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::{env, error::Error};

use clb_api::{CallEvent, Client, Service, TaskPoller, WaitOptions, clb_task::WaitEvent};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(load_balancer), Some(listener)) = (arguments.next(), arguments.next()) else {
        return Err("give the ids of a load balancer and of its listener".into());
    };
    // The response names the task in `TaskId`; the action takes that, and reports 0, 1 or 2 in `Status`.
    let poller = TaskPoller::new("DescribeLoadBalancerTaskResult").task_id_in("TaskId");
    let bare_metal =
        Client::from_env()?.service(Service::new("bmlb", "2018-06-25")?).with_task_poller(poller);

    let parameters = json!({ "LoadBalancerId": load_balancer, "ListenerIds": [listener] });
    let call = bare_metal.prepare_call("DeleteListeners", &parameters)?.on_event(|event| match event {
        CallEvent::Wait(WaitEvent::Polled(number)) => println!("poll {number}"),
        CallEvent::Wait(WaitEvent::Running(_)) => println!("running"),
        _ => {}
    });
    let accepted = call.send(WaitOptions::default()).await?;
    println!("accepted: task {}", accepted.task());
    accepted.wait().await?;
    println!("succeeded");
    Ok(())
}
