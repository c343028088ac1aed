//! What must hold for the workspace as a whole, read from `cargo metadata`: which crate may know which, which licences
//! and crates may enter, and that nothing is linked twice without a reason.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The arrows of the design: a crate and the crates of this workspace it may use, at run time or to build.
const ARROWS: [(&str, &[&str]); 11] = [
    ("clb-sign", &[]),
    ("clb-task", &[]),
    ("clb-api", &["clb-sign", "clb-task"]),
    ("tfplugin-proto", &[]),
    ("tfplugin", &["tfplugin-proto"]),
    ("tfplugin-docs", &["tfplugin"]),
    ("terraform-provider-clb", &["clb-api", "tfplugin"]),
    // The provider to copy: what an author of another one has.
    ("terraform-provider-notes", &["tfplugin"]),
    ("clb-sim", &["clb-sign", "clb-task"]),
    ("poll-sim", &["clb-task"]),
    ("clb-cli", &["clb-api", "clb-sign", "clb-sim"]),
];

/// Licences that a binary of ours can be given away under.
const LICENCES: [&str; 6] = ["Apache-2.0", "BSD-3-Clause", "ISC", "MIT", "Unicode-3.0", "Zlib"];

/// Crates that must not enter the tree, with the reason.
const BANNED: [(&str, &str); 4] = [
    ("native-tls", "TLS is rustls alone"),
    ("openssl-sys", "TLS is rustls alone"),
    ("protobuf-src", "bindings are built without protoc"),
    (
        "ring",
        "it cannot verify the P-521 certificate of Terraform, and two providers make rustls' default ambiguous",
    ),
];

/// Crates that the provider's binary holds in two versions, with the reason. An entry that is no longer needed fails the test.
const TWICE: [(&str, &str); 2] = [
    ("base64", "tonic has not taken the newer one that everything else uses"),
    ("cpufeatures", "const-hex has not taken the newer one that sha2 uses"),
];

#[test]
fn crates_know_only_the_crates_below_them() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let Some((_, allowed)) = ARROWS.iter().find(|(crate_name, _)| *crate_name == name) else {
            assert_eq!(name, "xtask", "a new crate needs its arrows in this test");
            continue;
        };
        let members: BTreeSet<&str> = metadata.workspace_packages().iter().map(|p| p.name.as_str()).collect();
        for dependency in &package.dependencies {
            let known = members.contains(dependency.name.as_str());
            if known && dependency.kind != DependencyKind::Development {
                assert!(
                    allowed.contains(&dependency.name.as_str()),
                    "{name} must not know {}",
                    dependency.name
                );
            }
        }
    }
}

#[test]
fn tests_use_the_simulator_by_path_so_that_crates_can_be_published_in_order() {
    for package in metadata().workspace_packages() {
        let simulators = package.dependencies.iter().filter(|dependency| dependency.name == "clb-sim");
        for dependency in simulators.filter(|dependency| dependency.kind == DependencyKind::Development) {
            assert_eq!(dependency.req.to_string(), "*", "{} names a version of clb-sim", package.name);
        }
    }
}

#[test]
fn every_licence_is_on_the_list() {
    let metadata = metadata();
    for package in built(&metadata, &["--workspace", "--edges", "all"]) {
        let text = package.license.as_deref().unwrap_or_else(|| panic!("{} names no licence", package.name));
        let licence = spdx::Expression::parse_mode(text, spdx::ParseMode::LAX).unwrap();
        let allowed = licence.evaluate(|one| LICENCES.iter().any(|name| one.license.to_string() == *name));
        assert!(allowed, "{} is under {text}, which is not on the list", package.name);
    }
}

#[test]
fn banned_crates_stay_out() {
    let metadata = metadata();
    let names: BTreeSet<&str> =
        built(&metadata, &["--workspace", "--edges", "all"]).map(|package| package.name.as_str()).collect();
    for (name, reason) in BANNED {
        assert!(!names.contains(name), "{name} entered the tree: {reason}");
    }
}

#[test]
fn clb_api_without_default_features_has_no_http_client_and_no_tls() {
    let metadata = metadata();
    let lean = ["-p", "clb-api", "--no-default-features", "--edges", "normal"];
    let unwanted = |package: &&Package| {
        ["reqwest", "hyper", "rustls", "aws-lc-rs", "tokio-rustls"].contains(&package.name.as_str())
    };
    let found: Vec<_> =
        built(&metadata, &lean).filter(unwanted).map(|package| package.name.as_str()).collect();
    assert!(found.is_empty(), "{found:?}");
    let brought = [&lean[..], &["--features", "reqwest"]].concat();
    let found: Vec<_> = built(&metadata, &brought).map(|package| package.name.as_str()).collect();
    assert!(found.contains(&"reqwest") && !found.contains(&"rustls"), "{found:?}");
}

#[test]
fn no_crate_is_linked_twice_without_a_reason() {
    let metadata = metadata();
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for package in
        built(&metadata, &["--package", "terraform-provider-clb", "--edges", "normal,no-proc-macro"])
    {
        versions.entry(package.name.as_str()).or_default().insert(package.version.to_string());
    }
    let twice: BTreeMap<_, _> = versions.into_iter().filter(|(_, versions)| versions.len() > 1).collect();
    let listed: BTreeSet<&str> = TWICE.iter().map(|(name, _)| *name).collect();
    assert_eq!(twice.keys().copied().collect::<BTreeSet<_>>(), listed, "versions: {twice:?}");
}

#[test]
fn no_dependency_needs_a_newer_rust_than_we_promise() {
    let metadata = metadata();
    let members = metadata.workspace_packages();
    let promised = members.iter().find_map(|package| package.rust_version.clone()).unwrap();
    for package in built(&metadata, &["--workspace", "--edges", "normal,build"]) {
        let needed = package.rust_version.as_ref();
        assert!(
            needed.is_none_or(|needed| *needed <= promised),
            "{} needs Rust {needed:?}, and {promised} is promised",
            package.name
        );
    }
}

/// The workspace and everything that any of its features could pull in on Linux.
fn metadata() -> Metadata {
    let filter = ["--locked", "--filter-platform", TARGET].map(String::from).to_vec();
    MetadataCommand::new().manifest_path(MANIFEST).other_options(filter).exec().unwrap()
}

/// What is really built of it with the features in use, which `cargo tree` knows and `cargo metadata` does not.
fn built<'a>(metadata: &'a Metadata, selection: &[&str]) -> impl Iterator<Item = &'a Package> {
    let arguments = ["tree", "--locked", "--manifest-path", MANIFEST, "--target", TARGET, "--prefix", "none"];
    let tree = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--format", "{p}"])
        .args(selection)
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let lines: BTreeSet<String> =
        String::from_utf8(tree.stdout).unwrap().lines().map(name_and_version).collect();
    metadata
        .packages
        .iter()
        .filter(move |package| lines.contains(&format!("{} v{}", package.name, package.version)))
}

fn name_and_version(line: &str) -> String {
    line.split(' ').take(2).collect::<Vec<_>>().join(" ")
}
