//! Writes the `clouds.yaml` that lets clients find the local server.

use super::DevIdentity;
use super::catalog::REGION;
use super::directory::{Project, User};
use super::files::{self, FileError};
use std::fmt::Write as _;
use std::path::Path;

/// The first line of a file this module wrote, and therefore may replace.
const MARK: &str =
    "# Written by Coppice's local server at every start. Delete this line to keep your own changes.";

/// The user whose cloud is `coppice`, and comes first.
const MAIN: &str = "demo";

/// What became of a `clouds.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clouds {
    /// It was written, or held what it should already.
    Written,
    /// Somebody else wrote it, and it was left as it is.
    LeftAlone,
}

/// Writes `clouds.yaml` with a cloud for each user of `identity.toml` who has a project: `coppice` for the
/// user `demo`, and `coppice-` before the name for everybody else, so that no two are the same; unless `path`
/// is a file that somebody else wrote.
///
/// # Errors
///
/// [`FileError`] if the file cannot be read or written.
pub fn write_clouds_yaml(identity: &DevIdentity, path: &Path) -> Result<Clouds, FileError> {
    let text = render(identity);
    match files::read(path)? {
        Some(present) if present == text => Ok(Clouds::Written),
        Some(present) if present.lines().next() != Some(MARK) => Ok(Clouds::LeftAlone),
        _ => files::write(path, &text).map(|()| Clouds::Written),
    }
}

fn render(identity: &DevIdentity) -> String {
    let directory = identity.directory();
    let mut text = format!("{MARK}\nclouds:\n");
    let (main, others): (Vec<&User>, Vec<&User>) =
        directory.users().iter().partition(|user| user.name() == MAIN);
    for user in main.into_iter().chain(others) {
        let project = user.default_project().or_else(|| user.projects().next());
        if let Some(project) = project.and_then(|id| directory.project(id)) {
            // Writing to a String cannot fail.
            let _ = write_cloud(&mut text, &identity.auth_uri, user, project);
        }
    }
    text
}

/// The name of the cloud of a user, as a key: in quotes only when it must be, for people read this file.
fn cloud(user: &str) -> String {
    if user == MAIN {
        return "coppice".to_owned();
    }
    let name = format!("coppice-{user}");
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if name.chars().all(plain) { name } else { quote(&name) }
}

fn write_cloud(text: &mut String, auth_url: &str, user: &User, project: &Project) -> std::fmt::Result {
    writeln!(text, "  {}:", cloud(user.name()))?;
    writeln!(text, "    auth_type: password")?;
    writeln!(text, "    auth:")?;
    writeln!(text, "      auth_url: {}", quote(auth_url))?;
    writeln!(text, "      username: {}", quote(user.name()))?;
    writeln!(text, "      password: {}", quote(user.password()))?;
    writeln!(text, "      project_name: {}", quote(project.name()))?;
    writeln!(text, "      user_domain_name: Default")?;
    writeln!(text, "      project_domain_name: Default")?;
    writeln!(text, "    region_name: {REGION}")?;
    writeln!(text, "    interface: public")?;
    writeln!(text, "    identity_api_version: '3'")?;
    // Without it openstacksdk sends no microversion, which means 1.0.
    writeln!(text, "    clustering_default_microversion: '1.14'")
}

/// A YAML scalar, whatever is in it: JSON's strings are YAML's.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
