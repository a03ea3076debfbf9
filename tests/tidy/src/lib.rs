//! What the house rules are checked against: the workspace's packages, and its files.

mod metadata;
mod tree;

pub use metadata::{Metadata, Package, function_tree, metadata};
pub use tree::{SourceFile, files, read, root};

/// Fails with every complaint at once, so that one run shows all there is to mend.
///
/// # Panics
/// When there is a complaint.
#[track_caller]
pub fn assert_none(rule: &str, complaints: &[String]) {
    assert!(complaints.is_empty(), "{rule}:\n  {}", complaints.join("\n  "));
}
