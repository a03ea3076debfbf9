//! Users, projects and roles, as `identity.toml` lists them.

use super::files::{self, FileError};
use coppice_api::identity::{Secret, hex};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// What `identity.toml` holds when it is first written.
pub(super) const DEFAULT_TEXT: &str = include_str!("default.toml");

/// Having the first role of a pair means having the second, as in a freshly bootstrapped Keystone.
const IMPLIED_ROLES: [(&str, &str); 2] = [("admin", "member"), ("member", "reader")];

/// The id of a user, project, role, service or endpoint: 32 hexadecimal digits derived from kind and
/// name, so that it is the same on every machine and after every restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId([u8; 16]);

impl EntityId {
    pub(super) fn of(kind: &str, name: &str) -> Self {
        let digest = Sha256::digest(format!("coppice development identity\0{kind}\0{name}"));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(bytes)
    }

    pub(super) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(super) const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    id: EntityId,
    name: String,
    password: Secret,
    default_project: Option<EntityId>,
    /// Role names by project, implied ones included.
    grants: BTreeMap<EntityId, BTreeSet<String>>,
}

impl User {
    /// The user's id.
    #[must_use]
    pub const fn id(&self) -> EntityId {
        self.id
    }

    /// The user's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The project a token is scoped to when its request names none.
    #[must_use]
    pub const fn default_project(&self) -> Option<EntityId> {
        self.default_project
    }

    /// The names of the user's roles in a project, implied ones included; `None` if there are none.
    #[must_use]
    pub fn roles_in(&self, project: EntityId) -> Option<Vec<&str>> {
        self.grants.get(&project).map(|roles| roles.iter().map(String::as_str).collect())
    }

    /// The projects the user has a role in.
    pub(super) fn projects(&self) -> impl Iterator<Item = EntityId> {
        self.grants.keys().copied()
    }

    /// Whether `password` is the user's. Digests are compared, so that the time taken says nothing
    /// about how much of a guess is right.
    pub(super) fn has_password(&self, password: &str) -> bool {
        Sha256::digest(password.as_bytes()) == Sha256::digest(self.password.reveal().as_bytes())
    }

    pub(super) fn password(&self) -> &str {
        self.password.reveal()
    }
}

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    id: EntityId,
    name: String,
}

impl Project {
    /// The project's id.
    #[must_use]
    pub const fn id(&self) -> EntityId {
        self.id
    }

    /// The project's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Everybody and everything the development identity knows.
#[derive(Clone, Debug)]
pub struct Directory {
    users: Vec<User>,
    projects: Vec<Project>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    user: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    password: Secret,
    default_project: Option<String>,
    roles: BTreeMap<String, Vec<String>>,
}

impl Directory {
    /// Reads the directory from a file; writes the default one first if there is no such file.
    ///
    /// # Errors
    ///
    /// [`FileError`] if the file cannot be read, written or understood.
    pub fn read_or_create(path: &Path) -> Result<Self, FileError> {
        let text = match files::read(path)? {
            Some(text) => text,
            None => {
                files::write(path, DEFAULT_TEXT)?;
                DEFAULT_TEXT.to_owned()
            }
        };
        Self::parse(&text).map_err(|problem| FileError::new(path, problem))
    }

    /// Reads the directory from the text of an `identity.toml`.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, for people. It quotes no password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document: Document = toml::from_str(text).map_err(|error| {
            // The error's full form quotes the line, which may hold a password.
            let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            format!("line {line}: {}", error.message())
        })?;
        let mut users = BTreeMap::new();
        let mut projects = BTreeMap::new();
        for entry in document.user {
            for name in entry.roles.keys() {
                let id = EntityId::of("project", name);
                projects.insert(id, Project { id, name: name.clone() });
            }
            let user = user(entry)?;
            if let Some(twin) = users.insert(user.id, user) {
                return Err(format!("user `{}` is listed twice; keep one entry", twin.name));
            }
        }
        let mut users: Vec<User> = users.into_values().collect();
        users.sort_by(|a, b| a.name.cmp(&b.name));
        let mut projects: Vec<Project> = projects.into_values().collect();
        projects.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { users, projects })
    }

    /// The users, by name.
    #[must_use]
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// The projects, by name.
    #[must_use]
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    pub(super) fn user(&self, id: EntityId) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(super) fn project(&self, id: EntityId) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id)
    }
}

fn user(entry: Entry) -> Result<User, String> {
    let name = entry.name;
    if name.is_empty() || entry.password.reveal().is_empty() {
        return Err("a user has an empty name or password; fill in both".into());
    }
    let mut grants = BTreeMap::new();
    for (project, roles) in entry.roles {
        if project.is_empty() || roles.is_empty() || roles.iter().any(String::is_empty) {
            return Err(format!("user `{name}`: every project needs a name and at least one role"));
        }
        let mut roles: BTreeSet<String> = roles.into_iter().collect();
        for (role, implied) in IMPLIED_ROLES {
            if roles.contains(role) {
                roles.insert(implied.into());
            }
        }
        grants.insert(EntityId::of("project", &project), roles);
    }
    let default_project = entry.default_project.map(|project| {
        let id = EntityId::of("project", &project);
        if grants.contains_key(&id) { Ok(id) } else { Err(project) }
    });
    let default_project = default_project.transpose().map_err(|project| {
        format!("user `{name}`: default_project `{project}` is not among the projects in `roles`")
    })?;
    Ok(User { id: EntityId::of("user", &name), name, password: entry.password, default_project, grants })
}
