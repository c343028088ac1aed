//! Compiles `proto/` with protox, so that a fresh clone needs no `protoc`.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    // A link to the folder at the top of the repository, which packaging follows; on systems without links, a file.
    let proto = if Path::new("proto").is_dir() { "proto" } else { "../../proto" };
    println!("cargo::rerun-if-changed={proto}");
    let files = protox::compile(["tfplugin6.proto", "goplugin.proto"], [proto])?;
    // Clients serve tests and `tfplugin::testing`; connecting them is left to their users, so tonic's transport stays out.
    tonic_prost_build::configure().build_transport(false).compile_fds(files)?;
    Ok(())
}
