//! Issuing and revoking tokens.

use super::directory::{EntityId, User};
use super::entropy::EntropyError;
use super::files::FileError;
use super::login::{Login, Proof, Reference, Scope};
use super::token::{AuditId, Claims, Methods};
use super::{DevIdentity, Session};
use std::time::Duration;

/// Why no token is issued.
#[derive(Debug)]
pub(super) enum Refused {
    /// The proof does not hold, or the user has no role in the scope asked for. Which of the two is
    /// not told, as in Keystone.
    Unauthorized,
    /// There is no randomness.
    Entropy(EntropyError),
}

/// What the proofs of a request establish.
struct Proven<'a> {
    user: &'a User,
    methods: Methods,
    /// The session a token was shown for.
    ancestor: Option<Claims>,
}

impl DevIdentity {
    /// The token `login` asks for. A token obtained with another one ends when that one does.
    pub(super) fn issue(&self, login: &Login) -> Result<String, Refused> {
        let proven = self.prove(&login.proofs).ok_or(Refused::Unauthorized)?;
        let project = self.scope(proven.user, &login.scope).ok_or(Refused::Unauthorized)?;
        let issued_at = self.clock.now().truncated();
        let expires_at = match &proven.ancestor {
            Some(ancestor) => ancestor.expires_at,
            None => issued_at.plus(Duration::from_secs(self.token_lifetime.as_secs())),
        };
        Ok(self.signer.sign(&Claims {
            user: proven.user.id(),
            project,
            methods: proven.methods,
            issued_at,
            expires_at,
            audit_id: AuditId::random(self.entropy.as_ref()).map_err(Refused::Entropy)?,
            parent: proven.ancestor.map(|ancestor| ancestor.parent.unwrap_or(ancestor.audit_id)),
        }))
    }

    /// Ends a session at once.
    pub(super) fn revoke(&self, session: &Session<'_>) -> Result<(), FileError> {
        let claims = &session.claims;
        self.revocations().add(claims.audit_id, claims.expires_at, self.clock.now())
    }

    fn prove(&self, proofs: &[Proof]) -> Option<Proven<'_>> {
        let mut methods = Methods::default();
        let mut ancestor = None;
        let mut found: Option<&User> = None;
        for proof in proofs {
            let user = match proof {
                Proof::Password { user, password } => {
                    methods.password = true;
                    self.find_user(user).filter(|user| user.has_password(password.reveal()))?
                }
                Proof::Token(token) => {
                    let session = self.session(token.reveal())?;
                    methods.token = true;
                    methods.password |= session.claims.methods.password;
                    ancestor = Some(session.claims);
                    session.user
                }
            };
            // Two proofs must be of one user.
            if found.replace(user).is_some_and(|other| other.id() != user.id()) {
                return None;
            }
        }
        found.map(|user| Proven { user, methods, ancestor })
    }

    fn find_user(&self, reference: &Reference) -> Option<&User> {
        let users = self.directory.users();
        match reference {
            Reference::Id(id) => users.iter().find(|user| user.id().to_string() == *id),
            Reference::Name(name) => users.iter().find(|user| user.name() == name),
            Reference::Unknown => None,
        }
    }

    /// The project a token is to be scoped to, if any; `None` if the user may not have that scope.
    #[expect(clippy::option_option, reason = "the inner absence is an unscoped token, the outer a refusal")]
    fn scope(&self, user: &User, scope: &Scope) -> Option<Option<EntityId>> {
        let projects = self.directory.projects();
        let project = match scope {
            Scope::Unsaid => return Some(user.default_project()),
            Scope::Unscoped => return Some(None),
            Scope::Elsewhere | Scope::Project(Reference::Unknown) => return None,
            Scope::Project(Reference::Id(id)) => {
                projects.iter().find(|project| project.id().to_string() == *id)?
            }
            Scope::Project(Reference::Name(name)) => {
                projects.iter().find(|project| project.name() == name)?
            }
        };
        user.roles_in(project.id()).map(|_| Some(project.id()))
    }
}
