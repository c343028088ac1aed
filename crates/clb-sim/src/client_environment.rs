//! The environment variables that lead clients to a simulator.

use std::path::Path;

use crate::demo_key::{DEMO_SECRET_ID, DEMO_SECRET_KEY};

/// Any region does; this is the one of the vendor's examples.
const REGION: &str = "ap-guangzhou";

/// Names and values of the variables for a simulator at this URL.
pub(crate) fn client_environment(url: &str, ca_file: Option<&Path>) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID.to_owned()),
        ("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY.to_owned()),
        ("TENCENTCLOUD_REGION", REGION.to_owned()),
        ("TENCENTCLOUD_STS_ENDPOINT", url.to_owned()),
        ("TENCENTCLOUD_CLB_ENDPOINT", url.to_owned()),
    ];
    if let Some(file) = ca_file {
        variables.push(("TENCENTCLOUD_CA_FILE", file.display().to_string()));
    }
    variables
}
