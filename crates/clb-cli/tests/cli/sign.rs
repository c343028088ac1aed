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

/// The vendor's published example of a request with `HmacSHA1`, in the options of this command.
const OLDER: [&str; 12] = [
    "DescribeInstances",
    "--service",
    "cvm",
    "--api-version",
    "2017-03-12",
    "--query",
    "InstanceIds.0=ins-09dx96dg&Limit=20&Offset=0",
    "--region",
    "ap-guangzhou",
    "--host",
    "cvm.tencentcloudapi.com",
    "-q",
];

/// Its query, as the vendor's documentation builds it.
const OLDER_QUERY: &str = "Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou\
                           &SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE&Timestamp=1465185768&Version=2017-03-12";

/// Signs with the keys of the vendor's example, and gives the query with its signature.
fn older_query(signature: &str, method: &str) -> String {
    let known = ["--time", "1465185768", "--nonce", "11886", "--output", "json"];
    let arguments = [&OLDER[..], &known, &["--signature", signature, "--method", method]].concat();
    sign(&arguments).expect(0).json()["parameters"].as_str().unwrap().to_owned()
}

#[track_caller]
fn compare_older(given: &str, more: &[&str], expected: Result<(), &str>) {
    let ran = sign(&[&OLDER[..], &["--method", "GET", "--compare", given], more].concat());
    let verdict = ran.out.rsplit("comparison:\n").next().unwrap().to_owned();
    match expected {
        Ok(()) => assert_eq!(ran.expect(0).out.lines().last(), Some("the signature is the same")),
        Err(stage) => {
            assert!(ran.expect(1).out.contains("comparison:") && verdict.contains(stage), "{verdict}");
        }
    }
}

/// The expected value is the one that the vendor's documentation gives for this request.
#[test]
fn the_vendors_example_of_an_older_signature_is_the_same() {
    let given = format!(
        "https://cvm.tencentcloudapi.com/?{OLDER_QUERY}&Signature=EliP9YW3pW28FpsEdkXt%2F%2BWcGeI%3D"
    );
    compare_older(&given, &[], Ok(()));
    compare_older(
        "EliP9YW3pW28FpsEdkXt/+WcGeI=",
        &["--time", "1465185768", "--nonce", "11886", "--signature", "hmac-sha1-unnamed"],
        Ok(()),
    );
}

#[test]
fn an_older_signature_is_compared_with_its_query_its_url_or_alone() {
    for method in ["hmac-sha256", "hmac-sha1", "hmac-sha1-unnamed"] {
        let query = older_query(method, "GET");
        compare_older(&query, &[], Ok(()));
        compare_older(&format!("https://cvm.tencentcloudapi.com/?{query}"), &[], Ok(()));
    }
    let query = older_query("hmac-sha256", "GET");
    let alone = query.rsplit_once("Signature=").unwrap().1;
    let known = ["--time", "1465185768", "--nonce", "11886"];
    compare_older(
        &format!("Signature={alone}"),
        &[&known[..], &["--signature", "hmac-sha256"]].concat(),
        Ok(()),
    );
    let ran = sign(&[&OLDER[..], &["--method", "GET", "--compare", &format!("Signature={alone}")]].concat())
        .expect(2);
    assert!(ran.err.contains("`--time`") && ran.err.contains("`--nonce`"), "{}", ran.err);
}

#[test]
fn the_first_stage_at_which_an_older_signature_differs_is_named() {
    let query = older_query("hmac-sha256", "GET");
    let url = format!("https://cvm.tencentcloudapi.com:8080/?{query}");
    compare_older(&url, &[], Err("host differs: `cvm.tencentcloudapi.com:8080` was signed"));
    for (from, to, stage) in [
        ("SecretId=AKID", "SecretId=AKIE", "parameter SecretId differs"),
        ("Limit=20", "Limit=21", "parameter Limit differs: `21` was signed"),
        ("Limit=20&", "", "parameter Limit is missing"),
        ("Limit=20", "Limit=20&Extra=1", "parameter Extra is only in"),
        ("Region=ap-guangzhou&", "", "parameter Region is missing"),
        ("Nonce=11886", "Nonce=11887", "signature differs"),
    ] {
        assert!(query.contains(from), "{query}");
        compare_older(&query.replace(from, to), &[], Err(stage));
    }
    compare_older(&query, &["--nonce", "1"], Err("parameter Nonce differs"));
    compare_older(&query, &["--signature", "hmac-sha1"], Err("parameter SignatureMethod differs"));
    let post = older_query("hmac-sha256", "POST");
    compare_older(&post, &[], Err("another HTTP method was signed"));
    let key = clb(&[&["sign"], &OLDER[..], &["--method", "GET", "--compare", &query]].concat())
        .env("TENCENTCLOUD_SECRET_ID", ID)
        .env("TENCENTCLOUD_SECRET_KEY", "another")
        .output();
    let ran = Ran::of(&key.unwrap()).expect(1);
    assert!(ran.out.contains("signature differs: all that can be seen agrees"), "{}", ran.out);
}

#[test]
fn an_older_signature_is_compared_from_a_file_and_from_curl() {
    let query = older_query("hmac-sha256", "GET");
    let curl = format!("curl 'https://cvm.tencentcloudapi.com/?{query}'");
    assert!(sign(&["--curl", &curl]).expect(0).out.ends_with("the signature is the same\n"));
    let form = older_query("hmac-sha1", "POST");
    let curl = format!("curl -X POST https://cvm.tencentcloudapi.com/ -d '{form}'");
    assert!(sign(&["--curl", &curl]).expect(0).out.ends_with("the signature is the same\n"));
    let changed = curl.replace("Limit=20", "Limit=21");
    assert!(sign(&["--curl", &changed]).expect(1).out.contains("signature differs"));

    let mut file = tempfile::NamedTempFile::new().unwrap();
    let request = serde_json::json!({
        "action": "DescribeInstances", "service": "cvm", "version": "2017-03-12", "method": "GET", "region": "ap-guangzhou",
        "query": "InstanceIds.0=ins-09dx96dg&Limit=20&Offset=1", "compare": query,
    });
    write!(file, "{request}").unwrap();
    let ran = sign(&["--from", file.path().to_str().unwrap(), "--output", "json"]).expect(1);
    assert_eq!(ran.json()["differs"], "parameter Offset differs: `0` was signed");
}

#[test]
fn what_is_no_signature_is_wrong_usage() {
    for (given, signature) in
        [("abc", "hmac-sha1"), ("TC3-HMAC-SHA256 Credential=a", "hmac-sha256"), ("abc", "tc3")]
    {
        let ran = sign(&["DescribeTaskStatus", "--compare", given, "--signature", signature]).expect(2);
        assert!(ran.err.contains("--compare: "), "{}", ran.err);
    }
    let ours = sign(&["DescribeTaskStatus", "--time", "1700000000", "--output", "json"]).expect(0).json();
    let authorization = ours["headers"]["Authorization"].as_str().unwrap();
    let ran = sign(&["DescribeTaskStatus", "--compare", authorization]).expect(2);
    assert!(ran.err.contains("`--time`"), "{}", ran.err);
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
