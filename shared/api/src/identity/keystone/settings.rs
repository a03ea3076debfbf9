//! Settings of the Keystone provider.

use super::super::{ConfigError, Secret};
use serde::Deserialize;

/// Settings of [`Keystone`](super::Keystone).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeystoneConfig {
    /// Keystone's URL, `http` or `https`, with or without `/v3` at its end.
    pub auth_url: String,
    /// What a 401 answer tells clients, where it differs from `auth_url`: the public address.
    #[serde(default)]
    pub auth_uri: Option<String>,
    /// On whose authority tokens are validated.
    #[serde(default)]
    pub credential: Credential,
    /// For how long a good answer is believed without asking again, in seconds; 300 by default, as
    /// keystonemiddleware does. 0 asks every time.
    #[serde(default = "default_cache_seconds")]
    pub cache_seconds: u64,
    /// How many answers are remembered at most; 1,024 by default.
    #[serde(default = "default_cache_entries")]
    pub cache_entries: usize,
    /// How long one exchange with Keystone may take altogether, in milliseconds; 5,000 by default.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u64,
}

/// On whose authority tokens are validated.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Credential {
    /// On its own: the token is both subject and authority.
    #[default]
    Caller,
    /// On that of a token that somebody else renews.
    Token {
        /// The token.
        token: Secret,
    },
    /// On that of a service user, whose token is obtained and renewed as needed.
    Password(ServiceUser),
}

/// A user with the right to validate other users' tokens: role `service` or `admin`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceUser {
    /// The user's name.
    pub username: String,
    /// The user's password.
    pub password: Secret,
    /// The name of the user's domain; `Default` if left out.
    #[serde(default = "default_domain")]
    pub user_domain_name: String,
    /// The project to act in, often `service`.
    pub project_name: String,
    /// The name of the project's domain; `Default` if left out.
    #[serde(default = "default_domain")]
    pub project_domain_name: String,
}

const fn default_cache_seconds() -> u64 {
    300
}

const fn default_cache_entries() -> usize {
    1024
}

const fn default_timeout_ms() -> u64 {
    5000
}

fn default_domain() -> String {
    "Default".into()
}

/// The URL without its version and trailing slash.
pub(super) fn base_url(auth_url: &str) -> Result<String, ConfigError> {
    let fail = |text: &str| Err(ConfigError(text.into()));
    let Ok(url) = reqwest::Url::parse(auth_url) else {
        return fail("auth_url is not a URL such as https://keystone.example/identity");
    };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return fail("auth_url must begin with http:// or https:// and name a host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return fail("auth_url must not hold a password; move it to `credential`");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return fail("auth_url must end with its path, without `?` or `#`");
    }
    let base = auth_url.trim_end_matches('/');
    Ok(base.strip_suffix("/v3").unwrap_or(base).trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_and_trailing_slashes_of_the_url_are_optional() {
        for (given, base) in [
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("http://127.0.0.1:5000/", "http://127.0.0.1:5000"),
            ("http://127.0.0.1:5000/v3", "http://127.0.0.1:5000"),
            ("https://cloud.example/identity/v3/", "https://cloud.example/identity"),
        ] {
            assert_eq!(base_url(given).as_deref(), Ok(base), "{given}");
        }
    }

    #[test]
    fn urls_that_cannot_be_called_or_hold_secrets_are_refused() {
        for given in
            ["", "keystone", "ftp://host/", "http://user:pw@host/", "http://user@host/", "http://host/?a=b"]
        {
            let error = base_url(given).unwrap_err();
            assert!(!error.to_string().contains("pw"), "{error}");
        }
    }
}
