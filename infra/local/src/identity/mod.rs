//! The development identity: a small Keystone, so that real clients work against the local server.
//!
//! It issues, validates and revokes Identity API v3 tokens under `/identity`, and validates them for
//! the API functions in process. Users, projects and roles come from `identity.toml`.
//!
//! **Tokens are self-contained and signed** (HMAC-SHA256 under a key kept in the data directory), as
//! Keystone's own Fernet tokens are. Nothing is written when one is issued, so tokens survive a
//! restart, cost no disk, and cannot be half written by a crash. Only revocations are stored: they are
//! rare, end with their token, and are replaced by an atomic rename. What a token says is who and until
//! when; roles are looked up on every use, so that taking one away takes effect after a restart.
//!
//! It is for one machine and one developer: passwords are kept in clear in `identity.toml`, and there
//! is one domain, `Default`.

mod catalog;
mod clouds;
mod directory;
mod entropy;
mod files;
mod issue;
mod login;
mod render;
mod revocations;
mod routes;
#[cfg(test)]
mod tests;
mod token;

pub use clouds::{Clouds, write_clouds_yaml};
pub use directory::{Directory, EntityId, Project, User};
pub use entropy::{Entropy, EntropyError, OsEntropy};
pub use files::{FileError, Files};
pub use routes::router;

use async_trait::async_trait;
use catalog::Catalog;
use coppice_api::identity::{Caller, Identity, IdentityError};
use coppice_domain::time::Clock;
use revocations::Revocations;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use token::{Claims, Signer};

/// How long a token lives unless set otherwise.
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

/// The path under which the development identity is served.
pub const PREFIX: &str = "/identity";

/// What the development identity is told about its surroundings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where clients reach this identity's server: `http://host:port`, without a path.
    pub root_url: String,
    /// Where clients reach the Clustering API, without a path: the catalogue's `clustering` endpoint.
    /// With `/v1` behind it, openstacksdk would double the version.
    pub api_url: String,
    /// How long a token lives, counted in whole seconds.
    pub token_lifetime: Duration,
}

/// The development identity.
pub struct DevIdentity {
    directory: Directory,
    catalog: Catalog,
    auth_uri: String,
    token_lifetime: Duration,
    signer: Signer,
    revocations: Mutex<Revocations>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// A token that holds, and whom it stands for.
struct Session<'a> {
    claims: Claims,
    user: &'a User,
    /// The project in scope, with the user's roles there.
    scope: Option<(&'a Project, Vec<&'a str>)>,
}

impl DevIdentity {
    /// Opens the identity whose state lies in `files`; writes the users' file and the key if they are
    /// missing.
    ///
    /// # Errors
    ///
    /// [`FileError`] if a file cannot be read, written or understood.
    pub fn open(
        settings: &Settings,
        files: &Files,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, FileError> {
        let directory = Directory::read_or_create(&files.directory)?;
        let signer = Signer::read_or_create(&files.key, entropy.as_ref())?;
        let revocations = Revocations::open(&files.revocations)?;
        Ok(Self::assemble(settings, directory, signer, revocations, clock, entropy))
    }

    /// An identity that touches no file and forgets everything when it is dropped; for tests.
    ///
    /// # Errors
    ///
    /// [`EntropyError`] if `entropy` yields no key.
    pub fn in_memory(
        settings: &Settings,
        directory: Directory,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, EntropyError> {
        let signer = Signer::random(entropy.as_ref())?;
        Ok(Self::assemble(settings, directory, signer, Revocations::in_memory(), clock, entropy))
    }

    fn assemble(
        settings: &Settings,
        directory: Directory,
        signer: Signer,
        revocations: Revocations,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let root = settings.root_url.trim_end_matches('/');
        Self {
            directory,
            catalog: Catalog::new(root, settings.api_url.trim_end_matches('/')),
            auth_uri: format!("{root}{PREFIX}"),
            token_lifetime: settings.token_lifetime,
            signer,
            revocations: Mutex::new(revocations),
            clock,
            entropy,
        }
    }

    /// The users and projects it knows.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    fn revocations(&self) -> MutexGuard<'_, Revocations> {
        self.revocations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `token` stands for, if it is ours, has not ended, is not revoked, and its user still
    /// exists and still has a role in its project.
    fn session(&self, token: &str) -> Option<Session<'_>> {
        let claims = self.signer.open(token)?;
        if claims.expires_at <= self.clock.now() || self.revocations().contains(claims.audit_id) {
            return None;
        }
        let user = self.directory.user(claims.user)?;
        let scope = match claims.project {
            Some(id) => Some((self.directory.project(id)?, user.roles_in(id)?)),
            None => None,
        };
        Some(Session { claims, user, scope })
    }
}

impl Session<'_> {
    fn is_admin(&self) -> bool {
        self.scope.as_ref().is_some_and(|(_, roles)| roles.contains(&coppice_api::identity::ADMIN_ROLE))
    }
}

#[async_trait]
impl Identity for DevIdentity {
    async fn validate(&self, token: &str) -> Result<Caller, IdentityError> {
        let session = self.session(token).ok_or(IdentityError::Unauthorized)?;
        let (project, roles) = session.scope.ok_or(IdentityError::Incomplete)?;
        Ok(Caller {
            user_id: session.user.id().to_string(),
            user_name: session.user.name().to_owned(),
            project_id: project.id().to_string(),
            project_name: project.name().to_owned(),
            domain_id: None,
            roles: roles.into_iter().map(str::to_owned).collect(),
            expires_at: Some(session.claims.expires_at),
        })
    }

    fn auth_uri(&self) -> &str {
        &self.auth_uri
    }
}
