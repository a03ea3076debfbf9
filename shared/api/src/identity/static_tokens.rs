//! The provider for small deployments: digests of tokens in the configuration.

use super::{Caller, ConfigError, Identity, IdentityError, TokenHash, moment};
use async_trait::async_trait;
use coppice_domain::time::{Clock, Timestamp};
use serde::Deserialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// Settings of [`StaticTokens`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticConfig {
    /// What a 401 answer names as the place to obtain tokens; empty if there is none.
    #[serde(default)]
    pub auth_uri: String,
    /// The tokens that are accepted.
    pub tokens: Vec<StaticToken>,
}

/// One accepted token and whom it stands for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticToken {
    /// The token's SHA-256 digest, 64 hexadecimal digits.
    pub sha256: TokenHash,
    /// The user's id.
    pub user_id: String,
    /// The user's name; the id if left out.
    #[serde(default)]
    pub user_name: Option<String>,
    /// The project's id.
    pub project_id: String,
    /// The project's name; the id if left out.
    #[serde(default)]
    pub project_name: Option<String>,
    /// The domain recorded with what the caller creates; usually left out.
    #[serde(default)]
    pub domain_id: Option<String>,
    /// The names of the roles in the project.
    pub roles: Vec<String>,
    /// When the token ends, in RFC 3339; never if left out.
    #[serde(default, deserialize_with = "moment::optional")]
    pub expires_at: Option<Timestamp>,
}

/// Accepts the tokens whose digests its configuration lists.
pub struct StaticTokens {
    auth_uri: String,
    callers: HashMap<TokenHash, Caller>,
    clock: Arc<dyn Clock>,
}

impl StaticTokens {
    /// The provider `config` describes.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if two entries have the same digest, or one has an empty user or project.
    pub fn new(config: StaticConfig, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        let mut callers = HashMap::with_capacity(config.tokens.len());
        for token in config.tokens {
            let hash = token.sha256;
            let caller = caller(token)?;
            match callers.entry(hash) {
                Entry::Vacant(entry) => entry.insert(caller),
                Entry::Occupied(_) => {
                    return Err(ConfigError(format!(
                        "two static tokens have the digest {hash}; give each entry a token of its own"
                    )));
                }
            };
        }
        Ok(Self { auth_uri: config.auth_uri, callers, clock })
    }
}

fn caller(token: StaticToken) -> Result<Caller, ConfigError> {
    if token.user_id.is_empty() || token.project_id.is_empty() {
        return Err(ConfigError(format!(
            "the static token {} has an empty user_id or project_id; set both",
            token.sha256
        )));
    }
    Ok(Caller {
        user_name: token.user_name.unwrap_or_else(|| token.user_id.clone()),
        user_id: token.user_id,
        project_name: token.project_name.unwrap_or_else(|| token.project_id.clone()),
        project_id: token.project_id,
        domain_id: token.domain_id,
        roles: token.roles,
        expires_at: token.expires_at,
    })
}

#[async_trait]
impl Identity for StaticTokens {
    async fn validate(&self, token: &str) -> Result<Caller, IdentityError> {
        let caller = self.callers.get(&TokenHash::of(token)).ok_or(IdentityError::Unauthorized)?;
        match caller.expires_at {
            Some(end) if end <= self.clock.now() => Err(IdentityError::Unauthorized),
            _ => Ok(caller.clone()),
        }
    }

    fn auth_uri(&self) -> &str {
        &self.auth_uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Default)]
    struct FakeClock(AtomicI64);

    impl Clock for FakeClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0.load(Ordering::SeqCst))
        }
    }

    fn entry(token: &str) -> Value {
        json!({"sha256": TokenHash::of(token).to_string(), "user_id": "u1", "project_id": "p1", "roles": ["member"]})
    }

    fn provider(tokens: &[Value], clock: Arc<FakeClock>) -> Result<StaticTokens, ConfigError> {
        StaticTokens::new(serde_json::from_value(json!({ "tokens": tokens })).unwrap(), clock)
    }

    #[tokio::test]
    async fn a_listed_token_yields_its_caller_and_any_other_is_refused() {
        let identity = provider(&[entry("good")], Arc::default()).unwrap();
        let caller = identity.validate("good").await.unwrap();
        assert_eq!((caller.user_name.as_str(), caller.project_name.as_str()), ("u1", "p1"));
        assert_eq!(caller.roles, ["member"]);
        for token in ["", "Good", "good ", &TokenHash::of("good").to_string()] {
            assert_eq!(identity.validate(token).await, Err(IdentityError::Unauthorized), "{token}");
        }
    }

    #[tokio::test]
    async fn a_token_ends_at_its_expiry() {
        let clock = Arc::new(FakeClock::default());
        let mut token = entry("brief");
        token["expires_at"] = json!("1970-01-01T00:00:10Z");
        let identity = provider(&[token], clock.clone()).unwrap();
        for (micros, valid) in [(0, true), (9_999_999, true), (10_000_000, false), (11_000_000, false)] {
            clock.0.store(micros, Ordering::SeqCst);
            assert_eq!(identity.validate("brief").await.is_ok(), valid, "{micros}");
        }
    }

    #[test]
    fn entries_that_clash_or_name_nobody_are_refused() {
        assert!(provider(&[entry("a"), entry("a")], Arc::default()).is_err());
        let mut nobody = entry("b");
        nobody["project_id"] = json!("");
        assert!(provider(&[nobody], Arc::default()).is_err());
    }
}
