//! Zip archives whose bytes depend on nothing but what is in them.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{PackageError, at};

/// A file of an archive.
#[derive(Debug)]
pub struct Member {
    name: String,
    bytes: Vec<u8>,
    mode: u32,
}

impl Member {
    /// A program.
    pub fn executable(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes, mode: 0o755 }
    }

    /// Anything else.
    pub fn text(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes, mode: 0o644 }
    }
}

/// Writes an archive. Every member has the oldest time that the format knows.
pub fn write(path: &Path, members: &[Member]) -> Result<(), PackageError> {
    let file = File::create(path).map_err(at(path))?;
    fill(ZipWriter::new(file), members)
        .map_err(|source| PackageError::Archive { path: path.to_owned(), source })
}

fn fill(mut archive: ZipWriter<File>, members: &[Member]) -> zip::result::ZipResult<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for member in members {
        archive.start_file(&member.name, options.unix_permissions(member.mode))?;
        archive.write_all(&member.bytes)?;
    }
    archive.finish().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_members_make_the_same_bytes_and_programs_stay_programs() {
        let folder = tempfile::tempdir().unwrap();
        let paths = [folder.path().join("one.zip"), folder.path().join("two.zip")];
        for path in &paths {
            let members =
                [Member::executable("run", vec![7; 9000]), Member::text("LICENSE", b"free".to_vec())];
            write(path, &members).unwrap();
        }
        let [one, two] = paths.map(|path| std::fs::read(path).unwrap());
        assert!(one == two);
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(one)).unwrap();
        assert_eq!(archive.by_name("run").unwrap().unix_mode().unwrap() & 0o777, 0o755);
        assert_eq!(archive.by_name("LICENSE").unwrap().unix_mode().unwrap() & 0o777, 0o644);
    }
}
