//! The demo key pair and its account.

/// Id of the one key pair that every simulator knows. Real ids begin with `AKID`, so this one is never mistaken for one.
pub const DEMO_SECRET_ID: &str = "clb-sim-demo-id";

/// Key of [`DEMO_SECRET_ID`]. Only simulators accept it, so it may be printed.
pub const DEMO_SECRET_KEY: &str = "clb-sim-demo-key-opens-nothing-else";

/// The account that the simulator's keys belong to, as `GetCallerIdentity` returns it.
pub const DEMO_ACCOUNT_ID: &str = "100000000001";
