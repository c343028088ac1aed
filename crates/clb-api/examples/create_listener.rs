//! Creates a listener and waits until it exists, telling what happens on the way.
//!
//! ```sh
//! cargo run -p clb-api --example create_listener -- lb-1a2b3c4d 443
//! ```
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::{env, error::Error, time::Duration};

use clb_api::{CallError, CallEvent, Client, WaitOptions, clb_task::WaitEvent, models::CreateListener};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(load_balancer), Some(port)) = (arguments.next(), arguments.next()) else {
        return Err("give the id of a load balancer, and a port".into());
    };
    let create = CreateListener::new(&load_balancer, [port.parse::<u16>()?], "TCP").listener_names(["web"]);
    let call = Client::from_env()?.prepare_call("CreateListener", &create)?.on_event(tell);
    let accepted = call.send(WaitOptions::default().with_timeout(Duration::from_secs(300))).await?;
    match accepted.wait().await {
        Ok(completed) => println!("created {}", completed.response.body["ListenerIds"][0]),
        Err(CallError::TaskFailed { message, .. }) => {
            return Err(format!("not created: {}", message.unwrap_or_default()).into());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn tell(event: &CallEvent) {
    match event {
        CallEvent::Queued { resource } => println!("waiting for an earlier call about {resource}"),
        CallEvent::Busy { error, .. } => println!("busy, sent again: {}", error.message()),
        CallEvent::Throttled { .. } => println!("throttled, sent again"),
        CallEvent::Accepted(response) => println!("accepted: {}", response.request_id),
        CallEvent::Wait(WaitEvent::Polled(number)) => println!("poll {number}"),
        _ => {}
    }
}
