//! The environment variables that lead clients to a simulator.

use std::path::Path;

use crate::demo_key::{DEMO_SECRET_ID, DEMO_SECRET_KEY};

/// Any region does; this is the one of the vendor's examples.
const REGION: &str = "ap-guangzhou";

/// The root domain of products that the simulator does not know: no host is ever found there.
const NO_DOMAIN: &str = "clb-sim.invalid";

/// Names and values of the variables for a simulator of these products at this URL.
pub(crate) fn client_environment<'a>(
    url: &str,
    products: impl IntoIterator<Item = &'a str>,
    ca_file: Option<&Path>,
) -> Vec<(String, String)> {
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut variables = vec![
        variable("TENCENTCLOUD_SECRET_ID", DEMO_SECRET_ID),
        variable("TENCENTCLOUD_SECRET_KEY", DEMO_SECRET_KEY),
        variable("TENCENTCLOUD_REGION", REGION),
    ];
    let endpoint = |product: &str| format!("TENCENTCLOUD_{}_ENDPOINT", product.to_ascii_uppercase());
    variables.extend(products.into_iter().map(|product| (endpoint(product), url.to_owned())));
    if let Some(file) = ca_file {
        variables.push(("TENCENTCLOUD_CA_FILE".to_owned(), file.display().to_string()));
    }
    variables
}

/// The variable that keeps a client away from the real hosts of every other product.
pub(crate) fn no_other_host() -> (String, String) {
    ("TENCENTCLOUD_DOMAIN".to_owned(), NO_DOMAIN.to_owned())
}
