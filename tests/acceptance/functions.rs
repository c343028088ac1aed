//! The functions, in Terraform's console and in a configuration.

use crate::harness::Configuration;

const ID: &str = "55c85074-3e7f-4c6d-864f-673660d4f8de";

fn output(expression: &str) -> Configuration {
    Configuration::new(&format!("output \"it\" {{\n  value = {expression}\n}}\n"))
}

#[track_caller]
fn check(expression: &str, expected: &str) {
    let configuration = output(expression);
    if !configuration.is_supported() {
        return;
    }
    configuration.apply().expect_success();
    assert_eq!(configuration.run(&["output", "-json", "it"]).stdout.trim(), expected);
}

#[track_caller]
fn check_error(expression: &str, parts: &[&str]) {
    let configuration = output(expression);
    if configuration.is_supported() {
        configuration.plan().expect_error(parts);
    }
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn the_task_id_is_found_in_every_form_of_a_response() {
    let id = format!("\"{ID}\"");
    check(
        &format!(
            "provider::clb::task_id({{ Response = {{ RequestId = \"{ID}\", ListenerIds = [\"lbl-1\"] }} }})"
        ),
        &id,
    );
    check(&format!("provider::clb::task_id({{ RequestId = \"{ID}\" }})"), &id);
    check(&format!("provider::clb::task_id(jsonencode({{ Response = {{ RequestId = \"{ID}\" }} }}))"), &id);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn an_error_response_is_the_functions_error() {
    let response =
        "{ Response = { RequestId = \"1\", Error = { Code = \"LimitExceeded\", Message = \"no more\" } } }";
    check_error(&format!("provider::clb::task_id({response})"), &["LimitExceeded: no more"]);
    check_error("provider::clb::task_id(\"not json\")", &["no task id", "not JSON"]);
}

#[test]
#[cfg_attr(without_acceptance, ignore)]
fn a_request_id_looks_like_a_task_id_and_null_does_not() {
    check(&format!("provider::clb::is_task_id(\"{ID}\")"), "true");
    check("provider::clb::is_task_id(\"1234\")", "false");
    check("provider::clb::is_task_id(null)", "false");
}
