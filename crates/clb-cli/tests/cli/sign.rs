//! `clb sign`, offline.

use std::io::Write;

use crate::support::{Ran, clb};

/// The vendor's published example.
const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const BODY: &str =
    "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"], \"Name\": \"instance-name\"}]}";

fn sign(arguments: &[&str]) -> Ran {
    let arguments: Vec<&str> = ["sign"].iter().chain(arguments).copied().collect();
    let mut command = clb(&arguments);
    command.env("TENCENTCLOUD_SECRET_ID", ID).env("TENCENTCLOUD_SECRET_KEY", KEY);
    Ran::of(&command.output().unwrap())
}

#[test]
fn every_stage_is_shown() {
    let arguments =
        ["DescribeInstances", "--service", "cvm", "--api-version", "2017-03-12", "--time", "1551113065"];
    let ran =
        sign(&[&arguments[..], &["-p", BODY, "--content-type", "application/json; charset=utf-8"]].concat())
            .expect(0);
    for stage in [
        "canonical request:\nPOST\n/\n\ncontent-type:",
        "string to sign:\nTC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm",
        "curl -X POST https://cvm.tencentcloudapi.com/",
    ] {
        assert!(ran.out.contains(stage), "{stage}: {}", ran.out);
    }
    assert!(!ran.out.contains(KEY));
}

#[test]
fn the_region_comes_from_the_option_or_the_variable() {
    let mut command = clb(&["sign", "DescribeTaskStatus"]);
    command.env("TENCENTCLOUD_SECRET_ID", ID).env("TENCENTCLOUD_SECRET_KEY", KEY);
    command.env("TENCENTCLOUD_REGION", "ap-guangzhou");
    let ran = Ran::of(&command.output().unwrap()).expect(0);
    assert!(ran.out.contains("-H 'X-TC-Region: ap-guangzhou'"), "{}", ran.out);
    command.args(["--region", "ap-beijing"]);
    let ran = Ran::of(&command.output().unwrap()).expect(0);
    assert!(ran.out.contains("-H 'X-TC-Region: ap-beijing'"), "{}", ran.out);
}

#[test]
fn a_signature_made_elsewhere_is_compared() {
    let ours = sign(&["DescribeTaskStatus", "--time", "1700000000", "--output", "json"]).expect(0).json();
    let authorization = ours["headers"]["Authorization"].as_str().unwrap();
    let compare = |more: &[&str]| {
        let arguments = ["DescribeTaskStatus", "--time", "1700000000", "--compare", authorization];
        sign(&[&arguments[..], more].concat())
    };
    assert!(compare(&[]).expect(0).out.ends_with("the signature is the same\n"));
    for (more, stage) in [
        (["--host", "clb.tencentcloudapi.com:8443"], "host was signed without its port"),
        (["--time", "1700086400"], "date"),
        (["--service", "cvm"], "service"),
        (["--header", "X-TC-Action: a"], "list of signed headers"),
        (["-p", "{\"a\":1}"], "signature differs"),
    ] {
        let arguments = ["DescribeTaskStatus", "--api-version", "2018-03-17", "--compare", authorization];
        let time = if more[0] == "--time" { vec![] } else { vec!["--time", "1700000000"] };
        let host = if more[0] == "--host" { vec![] } else { vec!["--host", "clb.tencentcloudapi.com"] };
        let ran = sign(&[&arguments[..], &time, &host, &more].concat()).expect(1);
        assert!(ran.out.rsplit("comparison:").next().unwrap().contains(stage), "{stage}: {}", ran.out);
    }
}

#[test]
fn the_curl_line_that_it_prints_is_read_back() {
    let curl = sign(&["DescribeTaskStatus", "--time", "1700000000", "--output", "json"]).expect(0).json();
    let curl = curl["curl"].as_str().unwrap();
    let same = sign(&["--curl", curl]).expect(0);
    assert!(same.out.ends_with("the signature is the same\n"), "{}", same.out);
    sign(&["--curl", &curl.replace("clb.tencentcloudapi.com", "clb.tencentcloudapi.com:1")]).expect(1);
    sign(&["--curl", "wget https://clb.tencentcloudapi.com/ x --y"]).expect(2);
    assert!(sign(&["--curl", curl, "--parameters", "{}"]).expect(2).err.contains("--parameters"));
}

#[test]
fn a_request_may_come_from_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{{\"action\":\"DescribeTaskStatus\",\"time\":1700000000,\"parameters\":{{}}}}").unwrap();
    let path = file.path().to_owned();
    let path = path.to_str().unwrap();
    let [ours, flags] = [sign(&["--from", path]), sign(&["DescribeTaskStatus", "--time", "1700000000"])];
    assert_eq!(ours.expect(0).out, flags.expect(0).out);
    write!(file, "x").unwrap();
    sign(&["--from", path]).expect(2);
}

#[test]
fn options_win_over_the_file_also_with_the_value_of_the_default() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let text = r#"{"action":"DescribeTaskStatus","time":1700000000,"nonce":1,"signature":"hmac-sha1","parameters":{}}"#;
    write!(file, "{text}").unwrap();
    let path = file.path().to_str().unwrap();
    assert!(sign(&["--from", path]).expect(0).out.contains("SignatureMethod=HmacSHA1"));
    assert!(sign(&["--from", path, "--signature", "tc3"]).expect(0).out.contains("TC3-HMAC-SHA256"));
}

#[test]
fn what_a_file_must_not_hold_is_named() {
    for (text, named) in [
        (r#"{"acton":"DescribeTaskStatus"}"#, "acton"),
        (r#"{"action":1}"#, "string"),
        (r#"{"action":"DescribeTaskStatus","signature":"md5"}"#, "md5"),
        ("[]", "--from"),
    ] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "{text}").unwrap();
        let ran = sign(&["--from", file.path().to_str().unwrap()]);
        assert!(ran.expect(2).err.contains(named), "{text}");
    }
}

#[test]
fn the_older_signatures_are_shown_with_their_presigned_url() {
    let arguments =
        ["DescribeTaskStatus", "-p", "{\"TaskId\":\"1\"}", "--time", "1700000000", "--nonce", "1"];
    let ran = sign(
        &[&arguments[..], &["--signature", "hmac-sha1", "--method", "GET", "--query", "TaskId=1"]].concat(),
    );
    let out = ran.expect(0).out;
    assert!(out.contains("GETclb.tencentcloudapi.com/?Action=DescribeTaskStatus&Nonce=1&"), "{out}");
    assert!(out.contains("curl 'https://clb.tencentcloudapi.com/?"), "{out}");
}

#[test]
fn a_token_is_not_printed() {
    let mut command = clb(&["sign", "DescribeTaskStatus"]);
    command.env("TENCENTCLOUD_SECRET_ID", ID).env("TENCENTCLOUD_SECRET_KEY", KEY);
    let ran =
        Ran::of(&command.env("TENCENTCLOUD_SECURITY_TOKEN", "hidden-token").output().unwrap()).expect(0);
    assert!(
        ran.out.contains("$TENCENTCLOUD_SECURITY_TOKEN") && !ran.out.contains("hidden-token"),
        "{}",
        ran.out
    );
}

#[test]
fn without_keys_it_says_what_was_tried() {
    let ran = Ran::of(&clb(&["sign", "DescribeTaskStatus"]).output().unwrap()).expect(4);
    assert!(ran.err.contains("TENCENTCLOUD_SECRET_ID"), "{}", ran.err);
}
