//! Lets `TFPLUGIN_ACCEPTANCE=off` leave out the tests that need Terraform, so that they are reported as ignored.

fn main() {
    println!("cargo::rerun-if-env-changed=TFPLUGIN_ACCEPTANCE");
    println!("cargo::rustc-check-cfg=cfg(without_acceptance)");
    #[expect(clippy::disallowed_methods, reason = "a build script is told by the environment")]
    let switch = std::env::var("TFPLUGIN_ACCEPTANCE");
    if switch.is_ok_and(|switch| switch == "off") {
        println!("cargo::rustc-cfg=without_acceptance");
    }
}
