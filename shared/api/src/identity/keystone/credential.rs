//! The authority under which tokens are validated: the caller's own, or a service's.

use super::super::{ConfigError, IdentityError};
use super::settings::{Credential, ServiceUser};
use super::{http, wire};
use ::http::{HeaderValue, StatusCode, header};
use coppice_domain::time::Timestamp;
use std::time::Duration;
use tokio::sync::Mutex;

/// A service token is replaced this long before its end, so that it does not end under way.
const RENEW_BEFORE_END: Duration = Duration::from_secs(60);

/// The value of `X-Auth-Token` in a question to Keystone.
pub(super) enum Authority {
    Caller,
    Token(HeaderValue),
    Service(Service),
}

/// A service user and the token it holds.
pub(super) struct Service {
    /// The request that obtains a token.
    login: Vec<u8>,
    /// Locked while a token is obtained, so that many callers cause one login.
    held: Mutex<Option<Held>>,
}

struct Held {
    token: HeaderValue,
    renew_at: Timestamp,
}

impl Authority {
    pub(super) fn new(credential: &Credential) -> Result<Self, ConfigError> {
        Ok(match credential {
            Credential::Caller => Self::Caller,
            Credential::Token { token } => {
                Self::Token(http::secret_header(token.reveal()).ok_or_else(|| {
                    ConfigError("the service token holds characters that no token has".into())
                })?)
            }
            Credential::Password(user) => {
                Self::Service(Service { login: login(user), held: Mutex::new(None) })
            }
        })
    }

    pub(super) const fn is_the_caller(&self) -> bool {
        matches!(self, Self::Caller)
    }

    /// The token to ask with; logs the service user in if it holds none.
    pub(super) async fn token(
        &self,
        client: &reqwest::Client,
        tokens_url: &str,
        subject: &HeaderValue,
        now: Timestamp,
    ) -> Result<HeaderValue, IdentityError> {
        let service = match self {
            Self::Caller => return Ok(subject.clone()),
            Self::Token(token) => return Ok(token.clone()),
            Self::Service(service) => service,
        };
        let mut held = service.held.lock().await;
        if let Some(held) = held.as_ref().filter(|held| now < held.renew_at) {
            return Ok(held.token.clone());
        }
        let fresh = service.log_in(client, tokens_url).await?;
        let token = fresh.token.clone();
        *held = Some(fresh);
        Ok(token)
    }

    /// Forgets a token that Keystone refused; whether asking again can help.
    pub(super) async fn discard(&self, refused: &HeaderValue) -> bool {
        let Self::Service(service) = self else { return false };
        let mut held = service.held.lock().await;
        // Another request may have replaced it meanwhile.
        if held.as_ref().is_some_and(|held| held.token == refused) {
            *held = None;
        }
        true
    }
}

impl Service {
    async fn log_in(&self, client: &reqwest::Client, tokens_url: &str) -> Result<Held, IdentityError> {
        let request = client
            .post(format!("{tokens_url}?nocatalog"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(self.login.clone());
        let answer = http::send(request).await?;
        if answer.status != StatusCode::CREATED {
            return Err(IdentityError::Unavailable(match answer.status {
                StatusCode::UNAUTHORIZED => {
                    "Keystone refuses the service user; check its name, password and project".into()
                }
                status => format!("Keystone answered {status} to the login of the service user"),
            }));
        }
        let end = wire::expiry(&answer.body)?;
        let mut token = answer.headers.get("X-Subject-Token").cloned().ok_or_else(|| {
            IdentityError::Unavailable("Keystone's answer to a login has no X-Subject-Token".into())
        })?;
        token.set_sensitive(true);
        Ok(Held { token, renew_at: end.minus(RENEW_BEFORE_END) })
    }
}

fn login(user: &ServiceUser) -> Vec<u8> {
    serde_json::json!({"auth": {
        "identity": {
            "methods": ["password"],
            "password": {"user": {
                "name": user.username,
                "domain": {"name": user.user_domain_name},
                "password": user.password.reveal(),
            }},
        },
        "scope": {"project": {
            "name": user.project_name,
            "domain": {"name": user.project_domain_name},
        }},
    }})
    .to_string()
    .into_bytes()
}
