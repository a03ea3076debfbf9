//! The files the development identity keeps, and how they are written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where the development identity keeps its state.
#[derive(Clone, Debug)]
pub struct Files {
    /// Users, projects and roles, for people to edit.
    pub directory: PathBuf,
    /// The key that signs tokens. Deleting it ends every token.
    pub key: PathBuf,
    /// The tokens revoked before their end.
    pub revocations: PathBuf,
}

impl Files {
    /// The usual names inside a data directory, which must exist.
    #[must_use]
    pub fn inside(data_dir: &Path) -> Self {
        Self {
            directory: data_dir.join("identity.toml"),
            key: data_dir.join("identity.key"),
            revocations: data_dir.join("identity-revoked.json"),
        }
    }
}

/// A file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, and what to do.
    pub problem: String,
}

impl FileError {
    pub(super) fn new(path: &Path, problem: impl Into<String>) -> Self {
        Self { path: path.to_owned(), problem: problem.into() }
    }
}

/// The file's text; `None` if there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, FileError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::new(path, format!("cannot be read: {error}"))),
    }
}

/// Replaces the file by `text` in one step, so that a crash leaves the old text or the new; readable
/// by its owner only, since every file here holds a secret or names one.
pub(super) fn write(path: &Path, text: &str) -> Result<(), FileError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let draft = path.with_file_name(name);
    write_draft(&draft, text)
        .and_then(|()| fs::rename(&draft, path))
        .map_err(|error| FileError::new(path, format!("cannot be written: {error}")))
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = create(draft)?;
    file.write_all(text.as_bytes())?;
    // Without this the rename may reach the disk before the text does.
    file.sync_all()
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_replaces_the_file_and_leaves_no_draft() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.json");
        assert_eq!(read(&path), Ok(None));
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("two"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_what_is_written() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        write(&path, "secret").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn an_error_names_the_file() {
        let error = write(Path::new("/nonexistent/dir/file"), "").unwrap_err();
        assert!(error.to_string().starts_with("/nonexistent/dir/file: cannot be written"), "{error}");
    }
}
