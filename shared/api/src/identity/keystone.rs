//! The provider for clouds that have a Keystone: validates tokens through the Identity API v3.
//!
//! Keystone lets a token validate itself (policy `identity:validate_token`, rule `token_subject`), so
//! no credential is needed unless a cloud forbids it. Good answers are remembered for a while, since
//! a client sends many requests with one token; a revoked token is therefore refused after
//! `cache_seconds` at the latest. Refusals are never remembered.

mod cache;
mod credential;
mod http;
mod settings;
#[cfg(test)]
mod tests;
mod wire;

pub use settings::{Credential, KeystoneConfig, ServiceUser};

use super::{Caller, ConfigError, Identity, IdentityError, TokenHash};
use ::http::{HeaderValue, StatusCode};
use async_trait::async_trait;
use cache::Cache;
use coppice_domain::time::{Clock, Timestamp};
use credential::Authority;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// No token Keystone issues is longer; a longer text is refused without asking. In bytes.
const LONGEST_TOKEN: usize = 8 * 1024;

/// Validates tokens by asking a Keystone.
pub struct Keystone {
    client: reqwest::Client,
    /// Where tokens are validated and issued, without a query.
    tokens_url: String,
    auth_uri: String,
    authority: Authority,
    cache: Mutex<Cache>,
    cache_for: Duration,
    clock: Arc<dyn Clock>,
}

impl Keystone {
    /// The provider `config` describes. Builds the HTTP client, once; calls nobody.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the URL is unusable, the credential cannot be sent in a header, or the HTTP
    /// client cannot be built (for want of trusted certificates, for instance).
    pub fn new(config: KeystoneConfig, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        let base = settings::base_url(&config.auth_url)?;
        Ok(Self {
            client: http::client(Duration::from_millis(config.timeout_ms))?,
            tokens_url: format!("{base}/v3/auth/tokens"),
            auth_uri: config.auth_uri.unwrap_or(base),
            authority: Authority::new(&config.credential)?,
            cache: Mutex::new(Cache::new(config.cache_entries)),
            cache_for: Duration::from_secs(config.cache_seconds),
            clock,
        })
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // A panic elsewhere cannot leave the cache half changed in a way that matters.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks about `subject`; once more with a fresh service token if Keystone refuses the held one.
    async fn ask(&self, subject: &HeaderValue, now: Timestamp) -> Result<http::Answer, IdentityError> {
        let authority = self.authority.token(&self.client, &self.tokens_url, subject, now).await?;
        let answer = self.ask_as(&authority, subject).await?;
        if answer.status != StatusCode::UNAUTHORIZED || !self.authority.discard(&authority).await {
            return Ok(answer);
        }
        let authority = self.authority.token(&self.client, &self.tokens_url, subject, now).await?;
        self.ask_as(&authority, subject).await
    }

    async fn ask_as(
        &self,
        authority: &HeaderValue,
        subject: &HeaderValue,
    ) -> Result<http::Answer, IdentityError> {
        // The catalogue is the bulk of a token's description, and nothing here reads it.
        let request = self
            .client
            .get(format!("{}?nocatalog", self.tokens_url))
            .header("X-Auth-Token", authority)
            .header("X-Subject-Token", subject);
        http::send(request).await
    }

    fn conclude(&self, answer: &http::Answer) -> Result<Caller, IdentityError> {
        match answer.status {
            StatusCode::OK => wire::caller(&answer.body),
            StatusCode::NOT_FOUND => Err(IdentityError::Unauthorized),
            StatusCode::UNAUTHORIZED if self.authority.is_the_caller() => Err(IdentityError::Unauthorized),
            StatusCode::UNAUTHORIZED => Err(IdentityError::Unavailable(
                "Keystone refuses the configured service credential; check `credential`".into(),
            )),
            StatusCode::FORBIDDEN if self.authority.is_the_caller() => Err(IdentityError::Unavailable(
                "Keystone forbids tokens to validate themselves; configure a service user in `credential`"
                    .into(),
            )),
            StatusCode::FORBIDDEN => Err(IdentityError::Unavailable(
                "Keystone forbids the service user to validate tokens; give it the role `service`".into(),
            )),
            status => Err(IdentityError::Unavailable(format!("Keystone answered {status}"))),
        }
    }
}

#[async_trait]
impl Identity for Keystone {
    async fn validate(&self, token: &str) -> Result<Caller, IdentityError> {
        if token.is_empty() || token.len() > LONGEST_TOKEN {
            return Err(IdentityError::Unauthorized);
        }
        let subject = http::secret_header(token).ok_or(IdentityError::Unauthorized)?;
        let hash = TokenHash::of(token);
        let now = self.clock.now();
        if let Some(caller) = self.cache().get(hash, now) {
            return Ok(caller);
        }
        let answer = self.ask(&subject, now).await?;
        let caller = self.conclude(&answer)?;
        // Counted from before the question: a slow answer is not remembered longer for that.
        let until = now.plus(self.cache_for);
        let until = caller.expires_at.map_or(until, |end| end.min(until));
        self.cache().put(hash, caller.clone(), until, now);
        Ok(caller)
    }

    fn auth_uri(&self) -> &str {
        &self.auth_uri
    }
}
