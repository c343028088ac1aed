//! Malformed configurations are errors at the argument, before any request.

use crate::harness::{Configuration, unwrapped, with_filters};

/// The errors of `terraform validate` for a gate with these arguments.
fn errors(arguments: &str) -> String {
    let body = format!("data \"clb_task_status\" \"gate\" {{\n  {arguments}\n}}\n");
    unwrapped(&Configuration::new(&body).validate().expect_failure().stderr)
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn errors_point_at_the_argument_and_say_what_is_allowed() {
    let polling = |inside: &str| errors(&format!("task_id = \"1234\"\n  polling = {{\n    {inside}\n  }}"));
    with_filters(|| {
        insta::assert_snapshot!("invalid_no_task", errors("region = \"ap-guangzhou\""));
        insta::assert_snapshot!("invalid_two_tasks", errors("task_id   = \"1234\"\n  deal_name = \"5678\""));
        insta::assert_snapshot!("invalid_task_id", errors("task_id = \"12 34\""));
        insta::assert_snapshot!("invalid_region", errors("task_id = \"1234\"\n  region  = \"Mars\""));
        insta::assert_snapshot!(
            "invalid_timeout",
            errors("task_id = \"1234\"\n  timeouts {\n    read = \"10\"\n  }")
        );
        insta::assert_snapshot!("invalid_unused", polling("interval = \"1s\""));
        insta::assert_snapshot!("invalid_interval", polling("strategy = \"fixed\"\n    interval = \"1ms\""));
        insta::assert_snapshot!("invalid_strategy", polling("strategy = \"often\""));
    });
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn malformed_provider_arguments_are_errors_at_the_argument() {
    let arguments = [
        ("region = \"Mars\"", "invalid `region`"),
        ("domain = \"https://x\"", "invalid `domain`"),
        ("protocol = \"ftp\"", "invalid `protocol`"),
        ("endpoint = \"127.0.0.1\"", "invalid `endpoint`"),
        ("requests_per_second = 0", "invalid `requests_per_second`"),
        ("request_timeout = \"0s\"", "invalid `request_timeout`"),
    ];
    for (argument, error) in arguments {
        let gate = "data \"clb_task_status\" \"gate\" {\n  task_id = \"1234\"\n}\n";
        let run = Configuration::new(&format!("provider \"clb\" {{\n  {argument}\n}}\n\n{gate}")).validate();
        run.expect_error(&[error, argument]);
    }
}
