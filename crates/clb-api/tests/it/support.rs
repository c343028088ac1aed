//! The simulator as a transport, and clients for it.

use std::{error::Error, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use clb_api::{
    Client, ClientBuilder, Clock, Environment, Region, StaticCredentials, Transport, TransportError,
};
use clb_sim::{DEMO_SECRET_ID, DEMO_SECRET_KEY, Options, Simulator};
use clb_task::{TaskId, TaskRef};

/// 2019-02-25 16:44:25 UTC.
pub(crate) const START: u64 = 1_551_113_065;

/// Hands requests to a simulator without a socket, so that the clock may be paused.
pub(crate) struct InProcess(pub(crate) Simulator);

/// The simulator's clock, so many seconds off.
pub(crate) struct SimulatorClock(pub(crate) Simulator, pub(crate) i64);

#[async_trait]
impl Transport for InProcess {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        match tokio::time::timeout(timeout, self.0.handle(request)).await {
            Ok(response) => response.map_err(|broken| TransportError::maybe_sent(broken.to_string())),
            Err(_) => Err(TransportError::maybe_sent("no response in time")),
        }
    }
}

impl Clock for SimulatorClock {
    fn unix(&self) -> u64 {
        self.0.unix().as_secs().saturating_add_signed(self.1)
    }
}

pub(crate) fn simulator() -> Simulator {
    Simulator::new(Options::starting_at(START))
}

/// Everything but credentials.
pub(crate) fn builder(simulator: &Simulator) -> ClientBuilder {
    without_region(simulator).region(region("ap-guangzhou"))
}

/// Everything but credentials and region.
pub(crate) fn without_region(simulator: &Simulator) -> ClientBuilder {
    Client::builder()
        .environment(Environment::empty())
        .transport(InProcess(simulator.clone()))
        .clock(SimulatorClock(simulator.clone(), 0))
}

pub(crate) fn demo_keys() -> StaticCredentials {
    StaticCredentials::parse(DEMO_SECRET_ID, DEMO_SECRET_KEY, None).unwrap()
}

pub(crate) fn client(simulator: &Simulator) -> Client {
    builder(simulator).credentials(demo_keys()).build().unwrap()
}

pub(crate) fn task(id: &str) -> TaskRef {
    TaskRef::Id(TaskId::parse(id).unwrap())
}

pub(crate) fn region(text: &str) -> Region {
    Region::parse(text).unwrap()
}

/// The texts of an error and its sources, none of which may repeat one below it.
pub(crate) fn chain(error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    for (place, text) in texts.iter().enumerate() {
        let repeated = texts[place + 1..].iter().find(|below| text.contains(*below));
        assert!(!text.is_empty() && repeated.is_none(), "{repeated:?} is said twice: {texts:#?}");
    }
    texts
}
