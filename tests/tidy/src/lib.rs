//! What the house rules are checked against: the workspace's packages, and its files.

mod metadata;
mod tree;

pub use metadata::{Metadata, Package, function_tree, metadata};
pub use tree::{SourceFile, files, read, root};

/// Whether a file has a test in it: one of Rust's, or one that pytest collects.
#[must_use]
pub fn holds_a_test(path: &str, text: &str) -> bool {
    if path.ends_with(".py") {
        text.lines().any(|line| line.starts_with("def test_"))
    } else {
        text.lines().any(|line| ["#[test]", "#[tokio::test"].iter().any(|mark| line.trim().starts_with(mark)))
    }
}

/// Fails with every complaint at once, so that one run shows all there is to mend.
///
/// # Panics
/// When there is a complaint.
#[track_caller]
pub fn assert_none(rule: &str, complaints: &[String]) {
    assert!(complaints.is_empty(), "{rule}:\n  {}", complaints.join("\n  "));
}
