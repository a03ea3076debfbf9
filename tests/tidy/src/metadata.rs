//! What Cargo knows of the workspace, without the network.

use crate::root;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::process::Command;

/// The workspace and everything it is built from on this machine.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    /// Every package.
    pub packages: Vec<Package>,
    workspace_members: Vec<String>,
}

/// A package.
#[derive(Clone, Debug, Deserialize)]
pub struct Package {
    id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence, as an SPDX expression.
    pub license: Option<String>,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug, Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

impl Metadata {
    /// The workspace's own packages.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }
}

impl Package {
    /// Its folder, from the root of the checkout.
    #[must_use]
    pub fn folder(&self) -> String {
        let root = root().display().to_string();
        let folder = self.manifest_path.strip_prefix(&root).unwrap_or(&self.manifest_path);
        folder.trim_start_matches('/').trim_end_matches("/Cargo.toml").to_owned()
    }

    /// What it is built from, tests aside.
    #[must_use]
    pub fn imports(&self) -> BTreeSet<&str> {
        let built_from = self.dependencies.iter().filter(|on| on.kind.as_deref() != Some("dev"));
        built_from.map(|on| on.name.as_str()).collect()
    }
}

/// Asks Cargo about the workspace.
///
/// # Panics
/// When Cargo does not answer: the lock file may be out of date.
#[must_use]
#[expect(clippy::panic, reason = "only tests call this; they fail with it")]
pub fn metadata() -> Metadata {
    // About this platform only: what others need was perhaps never downloaded.
    let told = cargo(&["-vV"]);
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let told = cargo(&["metadata", "--format-version=1", "--offline", "--locked", "--filter-platform", host]);
    serde_json::from_str(&told).unwrap_or_else(|cause| panic!("cargo metadata: {cause}"))
}

/// Every package that goes into a function's binary, as name and version.
///
/// # Panics
/// When Cargo does not answer.
#[must_use]
pub fn function_tree(package: &str) -> BTreeSet<(String, String)> {
    let shape = ["--edges", "normal", "--prefix", "none", "--offline", "--locked"];
    let told = cargo(&[&["tree", "--package", package], shape.as_slice()].concat());
    told.lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, rest)| (name.to_owned(), rest.split(' ').next().unwrap_or_default().to_owned()))
        .collect()
}

#[expect(clippy::panic, reason = "only tests call this; they fail with it")]
fn cargo(arguments: &[&str]) -> String {
    let asked = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap_or_else(|cause| panic!("cargo cannot be run: {cause}"));
    let told = String::from_utf8_lossy(&asked.stdout).into_owned();
    assert!(
        asked.status.success(),
        "cargo {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&asked.stderr)
    );
    told
}
