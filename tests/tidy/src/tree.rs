//! The files of the checkout, without what `.gitignore` leaves out.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path from the root, with `/` between names.
    pub path: String,
    /// What it holds.
    pub text: String,
}

impl SourceFile {
    /// Whether its name ends so.
    #[must_use]
    pub fn is(&self, extension: &str) -> bool {
        self.path.ends_with(extension)
    }

    /// Whether it is a test: those may be long.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|name| name == "tests" || name == "tests.rs")
    }
}

/// The root of the checkout.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Reads a file of the checkout.
///
/// # Panics
/// When there is no such file.
#[must_use]
#[expect(clippy::panic, reason = "only tests call this; they fail with it")]
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// Every text file of the checkout, by path.
#[must_use]
pub fn files() -> Vec<SourceFile> {
    let ignored: Vec<String> = read(".gitignore").lines().map(|line| line.trim().to_owned()).collect();
    let mut found = Vec::new();
    walk(&root(), "", &ignored, &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn walk(directory: &Path, prefix: &str, ignored: &[String], found: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if name == ".git" || ignored.iter().any(|pattern| ignores(pattern, &path, &name)) {
            continue;
        }
        if entry.path().is_dir() {
            walk(&entry.path(), &format!("{path}/"), ignored, found);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            found.push(SourceFile { path, text });
        }
    }
}

/// The three kinds of pattern that this repository's `.gitignore` uses.
fn ignores(pattern: &str, path: &str, name: &str) -> bool {
    let pattern = pattern.trim_end_matches('/');
    match (pattern.strip_prefix('/'), pattern.strip_prefix('*')) {
        (Some(from_root), _) => path == from_root,
        (None, Some(ending)) => name.ends_with(ending),
        (None, None) => !pattern.is_empty() && name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_files_are_left_out() {
        assert!(ignores("/target", "target", "target"));
        assert!(!ignores("/target", "shared/target", "target"));
        assert!(ignores("__pycache__/", "tests/clients/__pycache__", "__pycache__"));
        assert!(ignores("*.pyc", "tests/a.pyc", "a.pyc"));
        assert!(!ignores("", "a", "a"));
    }

    #[test]
    fn the_checkout_holds_this_file() {
        assert!(files().iter().any(|file| file.path == "tests/tidy/src/tree.rs"));
    }
}
