//! What is missing or wrong in the configuration is named as the command names it.

use crate::support::{Ran, clb};

fn error(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = clb(&[&["health", "lb-1"], arguments].concat());
    Ran::of(&command.envs(variables.iter().copied()).output().unwrap()).expect(4).err
}

#[test]
fn missing_credentials_and_region_are_named_by_options_and_variables() {
    insta::assert_snapshot!(error(&[], &[]));
    insta::assert_snapshot!(error(&["--region", "ap-guangzhou"], &[]));
}

#[test]
fn a_malformed_option_is_named_as_it_was_given() {
    for (option, value, problem) in [
        ("--region", "Guangzhou", "a region is lowercase"),
        ("--endpoint", "example.com", "an endpoint is a URL such as"),
        ("--sts-endpoint", "ftp://example.com", "an endpoint is a URL such as"),
        ("--protocol", "FTP", "[possible values: HTTPS, HTTP]"),
        ("--requests-per-second", "0", "a request rate is 0.1 to 1000"),
        ("--requests-per-second", "many", "a request rate is a number"),
        ("--request-timeout", "10", "a duration such as 90s"),
    ] {
        let ran = Ran::of(&clb(&["health", "lb-1", option, value]).output().unwrap()).expect(2);
        assert!(ran.err.contains(option) && ran.err.contains(problem), "{}", ran.err);
    }
    let text = error(&[], &[("TENCENTCLOUD_REGION", "Guangzhou")]);
    assert!(text.contains("`TENCENTCLOUD_REGION`: a region is"), "{text}");
}

#[test]
fn half_a_role_and_a_missing_certificate_are_named_by_their_options() {
    let keys = [("TENCENTCLOUD_SECRET_ID", "id"), ("TENCENTCLOUD_SECRET_KEY", "key")];
    let region = ["--region", "ap-guangzhou"];
    let text = error(&[&region[..], &["--assume-role-arn", "qcs::cam::uin/1:roleName/r"]].concat(), &keys);
    let missing =
        "`--assume-role-session-name` is not set, and neither is `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME`";
    assert!(text.contains(missing), "{text}");
    let text = error(&[&region[..], &["--ca-file", "/nonexistent/ca.pem"]].concat(), &keys);
    assert!(text.contains("`--ca-file` /nonexistent/ca.pem cannot be read"), "{text}");
}
