//! The keys that everyone may know.

/// Id of the one key pair that every simulator knows. Real ids begin with `AKID`; this one cannot be taken for one.
pub const DEMO_SECRET_ID: &str = "clb-sim-demo-id";

/// Key of [`DEMO_SECRET_ID`]. It opens nothing but a simulator and may be printed.
pub const DEMO_SECRET_KEY: &str = "clb-sim-demo-key-opens-nothing-else";

/// The account that the simulator's keys belong to, as `GetCallerIdentity` tells it.
pub const DEMO_ACCOUNT_ID: &str = "100000000001";
