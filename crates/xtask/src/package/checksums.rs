//! The checksums of a release and their signature, by which Terraform knows that an archive is the one we built.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use super::{PackageError, build, files, read};

/// What the names of files end in that are listed.
const LISTED: [&str; 3] = [".zip", "_manifest.json", ".cdx.json"];

/// One line for each archive, manifest and bill of materials in a folder, in the form of `sha256sum`, sorted by name.
pub fn of(folder: &Path) -> Result<String, PackageError> {
    let mut lines = String::new();
    for path in files(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if LISTED.iter().any(|end| name.ends_with(end)) {
            let _ = writeln!(lines, "{}  {name}", sha256(&read(&path)?));
        }
    }
    Ok(lines)
}

/// SHA-256 in lower-case hexadecimal digits.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes a detached binary signature beside the checksums, as the registry wants it. `key` is what `gpg --local-user`
/// takes; its secret part must be in the keyring.
pub fn sign(sums: &Path, key: &str) -> Result<(), PackageError> {
    sign_in(None, sums, key)
}

/// The same with the keyring of a folder, or gpg's own.
fn sign_in(home: Option<&Path>, sums: &Path, key: &str) -> Result<(), PackageError> {
    let mut gpg = Command::new("gpg");
    if let Some(home) = home {
        gpg.arg("--homedir").arg(home);
    }
    gpg.args(["--batch", "--yes", "--local-user", key, "--detach-sign"]).arg(sums);
    build::run(&mut gpg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_and_manifest_are_listed_by_name_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["p_1.0.0_linux_arm64.zip", "p_1.0.0_linux_amd64.zip", "p_1.0.0_manifest.json", "notes.txt"]
        {
            std::fs::write(folder.path().join(name), "abc").unwrap();
        }
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let expected = ["p_1.0.0_linux_amd64.zip", "p_1.0.0_linux_arm64.zip", "p_1.0.0_manifest.json"];
        let sums = of(folder.path()).unwrap();
        assert_eq!(sums.lines().collect::<Vec<_>>(), expected.map(|name| format!("{abc}  {name}")));
    }

    /// A key of its own in a keyring of its own; only a machine without `gpg` leaves it out, and says so.
    #[test]
    fn the_signature_is_one_that_gpg_verifies() {
        let (home, sums) = (tempfile::tempdir().unwrap(), tempfile::NamedTempFile::new().unwrap());
        std::fs::write(sums.path(), "abc  p_1.0.0_linux_amd64.zip\n").unwrap();
        let gpg = |arguments: &[&str]| {
            let mut gpg = Command::new("gpg");
            gpg.args(["--batch", "--quiet", "--homedir"]).arg(home.path()).args(arguments).output()
        };
        let key =
            ["--passphrase", "", "--quick-generate-key", "release@example.com", "ed25519", "sign", "never"];
        match gpg(&key) {
            Err(error) => return eprintln!("left out, gpg cannot be run: {error}"),
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        }
        sign_in(Some(home.path()), sums.path(), "release@example.com").unwrap();
        let (sums, signature) = (sums.path().display().to_string(), format!("{}.sig", sums.path().display()));
        assert!(gpg(&["--verify", &signature, &sums]).unwrap().status.success());
        std::fs::write(&sums, "abd  p_1.0.0_linux_amd64.zip\n").unwrap();
        assert!(!gpg(&["--verify", &signature, &sums]).unwrap().status.success());
        std::fs::remove_file(signature).unwrap();
    }
}
