//! A filesystem mirror: the folder from which Terraform and OpenTofu install providers without a registry.

use std::fs;
use std::path::Path;

use super::{PROVIDER, PackageError, at, create, files};

/// What `source = "clb-rs/clb"` stands for in Terraform and in OpenTofu.
const ADDRESSES: [&str; 2] = ["registry.terraform.io/clb-rs/clb", "registry.opentofu.org/clb-rs/clb"];

/// Copies the archives of a version from `archives` to where the two look for them in `mirror`.
pub fn write(version: &str, archives: &Path, mirror: &Path) -> Result<(), PackageError> {
    let prefix = format!("{PROVIDER}_{version}_");
    for address in ADDRESSES {
        let folder = mirror.join(address);
        create(&folder)?;
        for archive in files(archives)? {
            let name = archive.file_name().unwrap_or_default();
            if is_archive(&archive) && name.to_string_lossy().starts_with(&prefix) {
                fs::copy(&archive, folder.join(name)).map_err(at(&archive))?;
            }
        }
    }
    Ok(())
}

fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "zip")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_products_find_each_archive_of_the_version() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = "terraform-provider-clb_1.2.0_linux_amd64.zip";
        for name in [wanted, "terraform-provider-clb_1.1.0_linux_amd64.zip", "clb_1.2.0_linux_amd64.zip"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let mirror = folder.path().join("mirror");
        write("1.2.0", folder.path(), &mirror).unwrap();
        for address in ADDRESSES {
            let found = files(&mirror.join(address)).unwrap();
            assert_eq!(found, [mirror.join(address).join(wanted)]);
        }
    }
}
