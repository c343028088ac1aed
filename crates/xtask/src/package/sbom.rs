//! The bill of materials: every crate that a binary was built from, in the JSON of `CycloneDX`. It names no time and no random
//! number, so that it is the same for the same sources.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::Package;
use serde_json::{Value, json};

use super::target::Target;
use super::workspace::Workspace;
use super::{PackageError, build};

/// A crate and the crates it uses, by their references.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// The bill of materials of one package's binary for one target.
pub fn of(workspace: &Workspace, package: &str, target: &Target) -> Result<Vec<u8>, PackageError> {
    let tree = tree(workspace, package, target)?;
    let graph = graph(&tree);
    let used: Vec<&Package> = workspace
        .metadata()
        .packages
        .iter()
        .filter(|package| graph.contains_key(&reference(package)))
        .collect();
    let (own, others): (Vec<_>, Vec<_>) = used.into_iter().partition(|each| each.name.as_str() == package);
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": own.first().map(|package| component(package, "application")),
            "properties": [{ "name": "rust:target", "value": target.triple() }],
        },
        "components": others.iter().map(|package| component(package, "library")).collect::<Vec<_>>(),
        "dependencies": graph.iter().map(|(from, to)| json!({ "ref": from, "dependsOn": to })).collect::<Vec<_>>(),
    });
    let mut text = format!("{bill:#}").into_bytes();
    text.push(b'\n');
    Ok(text)
}

/// What `cargo tree` says about the crates that are linked: unlike the metadata, it knows the features in use.
fn tree(workspace: &Workspace, package: &str, target: &Target) -> Result<String, PackageError> {
    let mut cargo = build::cargo(workspace);
    cargo.args(["tree", "--locked", "--package", package, "--target", target.triple(), "--edges", "normal"]);
    build::output_of(cargo.args(["--prefix", "depth", "--format", " {p}"]))
}

/// Reads lines such as `2 bytes v1.12.2`: the depth, a name and a version, and what does not matter here.
fn graph(tree: &str) -> Graph {
    let mut graph = Graph::new();
    let mut above: Vec<String> = Vec::new();
    for line in tree.lines() {
        let mut words = line.split(' ');
        let depth = words.next().and_then(|depth| depth.parse::<usize>().ok());
        let (Some(depth), Some(name), Some(version)) = (depth, words.next(), words.next()) else { continue };
        let reference = format!("pkg:cargo/{name}@{}", version.trim_start_matches('v'));
        above.truncate(depth);
        if let Some(parent) = above.last() {
            graph.entry(parent.clone()).or_default().insert(reference.clone());
        }
        graph.entry(reference.clone()).or_default();
        above.push(reference);
    }
    graph
}

/// The package URL, which is also the reference within the bill.
fn reference(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version)
}

fn component(package: &Package, kind: &str) -> Value {
    let reference = reference(package);
    let mut component = json!({
        "type": kind,
        "bom-ref": reference,
        "name": package.name,
        "version": package.version.to_string(),
        "purl": reference,
    });
    if let Some(description) = &package.description {
        component["description"] = description.split_whitespace().collect::<Vec<_>>().join(" ").into();
    }
    if let Some(licence) = &package.license {
        component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
    }
    if let Some(repository) = &package.repository {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_read_with_its_edges() {
        let tree =
            "0 app v1.0.0 (/somewhere)\n1 a v0.1.0\n2 c v3.0.0\n1 b v0.2.0 (proc-macro)\n2 c v3.0.0 (*)\n";
        let edges = graph(tree);
        let of = |name: &str| edges[name].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(of("pkg:cargo/app@1.0.0"), ["pkg:cargo/a@0.1.0", "pkg:cargo/b@0.2.0"]);
        assert_eq!(of("pkg:cargo/a@0.1.0"), ["pkg:cargo/c@3.0.0"]);
        assert_eq!(of("pkg:cargo/b@0.2.0"), ["pkg:cargo/c@3.0.0"]);
        assert!(of("pkg:cargo/c@3.0.0").is_empty());
    }
}
