//! Who is calling: one interface, several providers.
//!
//! Every API function validates `X-Auth-Token` itself, through [`Identity`]. Which provider stands
//! behind it is configuration ([`IdentityConfig`]): [`StaticTokens`] for small deployments,
//! [`Keystone`] for an existing cloud; the local server brings its own. Providers never log or keep
//! a token: where one has to be recognised again, its SHA-256 digest is kept ([`TokenHash`]).

mod config;
pub mod hex;
mod keystone;
mod moment;
mod static_tokens;
mod token_hash;

pub use config::{ConfigError, IdentityConfig};
pub use coppice_domain::secret::Secret;
pub use keystone::{Credential, Keystone, KeystoneConfig, ServiceUser};
pub use static_tokens::{StaticConfig, StaticToken, StaticTokens};
pub use token_hash::{NotATokenHash, TokenHash};

use async_trait::async_trait;
use coppice_domain::time::Timestamp;

/// The role that makes a caller an administrator: rule `context_is_admin` (spec api-common §15).
pub const ADMIN_ROLE: &str = "admin";

/// An authenticated caller: a user acting in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The user's id.
    pub user_id: String,
    /// The user's name.
    pub user_name: String,
    /// The project the token is scoped to: the wall around everything the caller sees.
    pub project_id: String,
    /// That project's name.
    pub project_name: String,
    /// Set for domain-scoped tokens only, hence usually absent (spec api-common §5).
    pub domain_id: Option<String>,
    /// The names of the caller's roles in the project.
    pub roles: Vec<String>,
    /// When the token ends; absent where it never does.
    pub expires_at: Option<Timestamp>,
}

impl Caller {
    /// Whether the caller has the administrator's role (spec api-common §5).
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.roles.iter().any(|role| role == ADMIN_ROLE)
    }
}

/// Turns tokens into callers.
#[async_trait]
pub trait Identity: Send + Sync {
    /// The caller `token` stands for.
    ///
    /// Promises: the token is neither logged nor returned in an error; the time taken is bounded; an
    /// answer may be remembered, but never beyond the token's end.
    ///
    /// # Errors
    ///
    /// See [`IdentityError`].
    async fn validate(&self, token: &str) -> Result<Caller, IdentityError>;

    /// Where a client obtains tokens: the `uri` of `WWW-Authenticate: Keystone uri="…"` in a 401
    /// answer (spec api-common §5).
    fn auth_uri(&self) -> &str;
}

/// Why a token yields no caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The token is unknown, malformed, revoked or has expired.
    #[error("the token is unknown, revoked or has expired; obtain a new one")]
    Unauthorized,
    /// The token is good but names no user or no project, so nothing can be done on its behalf.
    #[error("the token is not scoped to a project; obtain one that is")]
    Incomplete,
    /// The provider could not tell. The text is for operators, not for the caller.
    #[error("tokens cannot be validated: {0}")]
    Unavailable(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_role_admin_makes_an_administrator() {
        let mut caller = Caller {
            user_id: "u".into(),
            user_name: "u".into(),
            project_id: "admin".into(),
            project_name: "admin".into(),
            domain_id: None,
            roles: vec!["member".into(), "administrator".into()],
            expires_at: None,
        };
        assert!(!caller.is_admin());
        caller.roles.push("admin".into());
        assert!(caller.is_admin());
    }
}
