//! Lists all load balancers of a region, with their listeners.
//!
//! ```sh
//! TENCENTCLOUD_REGION=ap-guangzhou cargo run -p clb-api --example list_load_balancers
//! ```
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;

use clb_api::{
    Client, Paging,
    models::{DescribeListeners, DescribeLoadBalancers, LoadBalancer},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let query = DescribeLoadBalancers::new();
    let pages = client.pages("DescribeLoadBalancers", &query, Paging::offset("LoadBalancerSet", 100))?;
    let load_balancers: Vec<LoadBalancer> = pages.collect().await?;

    for load_balancer in load_balancers {
        let id = &load_balancer.load_balancer_id;
        println!("{id} {} {}", load_balancer.load_balancer_name, load_balancer.load_balancer_vips.join(" "));
        for listener in client.send(&DescribeListeners::new(id)).await?.listeners {
            println!("  {} {} {}", listener.listener_id, listener.protocol, listener.port);
        }
    }
    Ok(())
}
