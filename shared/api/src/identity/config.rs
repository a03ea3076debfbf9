//! Which identity provider a deployment uses, as configuration spells it.

use super::{Identity, Keystone, KeystoneConfig, StaticConfig, StaticTokens};
use coppice_domain::time::Clock;
use serde::Deserialize;
use std::sync::Arc;

/// The choice of provider: a map whose key `provider` names it and whose other keys are its settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "provider", rename_all = "lowercase")]
pub enum IdentityConfig {
    /// Digests of tokens, written down in the configuration itself.
    Static(StaticConfig),
    /// A Keystone that speaks the Identity API v3.
    Keystone(KeystoneConfig),
}

impl IdentityConfig {
    /// The provider these settings describe. Builds clients, calls nobody.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the settings contradict themselves or cannot be used.
    pub fn build(self, clock: Arc<dyn Clock>) -> Result<Arc<dyn Identity>, ConfigError> {
        Ok(match self {
            Self::Static(config) => Arc::new(StaticTokens::new(config, clock)?),
            Self::Keystone(config) => Arc::new(Keystone::new(config, clock)?),
        })
    }
}

/// Settings of an identity provider that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("identity settings: {0}")]
pub struct ConfigError(pub(super) String);

#[cfg(test)]
mod tests {
    use super::*;
    use coppice_domain::time::Timestamp;

    struct Midnight;

    impl Clock for Midnight {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(0)
        }
    }

    fn build(json: &str) -> Result<Arc<dyn Identity>, ConfigError> {
        serde_json::from_str::<IdentityConfig>(json).unwrap().build(Arc::new(Midnight))
    }

    #[test]
    fn the_provider_is_chosen_by_name() {
        let fixed = build(r#"{"provider": "static", "tokens": []}"#).unwrap();
        assert_eq!(fixed.auth_uri(), "");
        let keystone = build(r#"{"provider": "keystone", "auth_url": "https://id.example/v3/"}"#).unwrap();
        assert_eq!(keystone.auth_uri(), "https://id.example");
    }

    #[test]
    fn unknown_providers_and_misspelt_settings_are_refused() {
        for json in [
            r#"{"provider": "ldap"}"#,
            r#"{"auth_url": "https://id.example"}"#,
            r#"{"provider": "keystone", "auth_url": "https://id.example", "cache_secs": 5}"#,
        ] {
            assert!(serde_json::from_str::<IdentityConfig>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn secrets_are_hidden_from_debug_output() {
        let json = r#"{"provider": "keystone", "auth_url": "https://id.example",
            "credential": {"kind": "password", "username": "coppice", "password": "hunter2", "project_name": "service"}}"#;
        let config = serde_json::from_str::<IdentityConfig>(json).unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("coppice") && !shown.contains("hunter2"), "{shown}");
    }
}
