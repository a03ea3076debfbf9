//! How the simulated load balancing service behaves, as configured.

use super::super::config::{ConfigError, rate, seconds};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A balancer that users have already, with what they have in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExistingBalancer {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// The ids of its pools.
    #[serde(default)]
    pub pools: Vec<String>,
}

/// The simulated service's behaviour. The default is perfect: no delays, no failures, no limits, and nothing
/// there yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BalancerConfig {
    /// What all chance derives from.
    pub seed: u64,
    /// Seconds from a balancer's acceptance to `Active` or `Error`.
    pub provision_seconds: f64,
    /// Seconds that a part in a balancer takes; the balancer is busy meanwhile.
    pub change_seconds: f64,
    /// Seconds from a deletion's acceptance to its end.
    pub delete_seconds: f64,
    /// The share of accepted balancers that end in `Error`, 0 to 1.
    pub fail_rate: f64,
    /// The share of calls that are throttled, 0 to 1.
    pub throttle_rate: f64,
    /// How many seconds old the answers of lists are.
    pub staleness_seconds: f64,
    /// Most balancers each project may have, as lists show them: creations at the same moment may exceed it.
    pub quota: Option<u64>,
    /// What users have already.
    pub existing: Vec<ExistingBalancer>,
}

/// A configuration after its values were checked.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) seed: u64,
    pub(super) provision: Duration,
    pub(super) change: Duration,
    pub(super) delete: Duration,
    pub(super) fail_rate: f64,
    pub(super) throttle_rate: f64,
    pub(super) staleness: Duration,
    pub(super) quota: Option<u64>,
    pub(super) existing: Vec<ExistingBalancer>,
}

impl TryFrom<BalancerConfig> for Settings {
    type Error = ConfigError;

    fn try_from(config: BalancerConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            seed: config.seed,
            provision: seconds("balancer.provision_seconds", config.provision_seconds)?,
            change: seconds("balancer.change_seconds", config.change_seconds)?,
            delete: seconds("balancer.delete_seconds", config.delete_seconds)?,
            fail_rate: rate("balancer.fail_rate", config.fail_rate)?,
            throttle_rate: rate("balancer.throttle_rate", config.throttle_rate)?,
            staleness: seconds("balancer.staleness_seconds", config.staleness_seconds)?,
            quota: config.quota,
            existing: config.existing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_names_only_what_differs_from_a_perfect_service() {
        let text = r#"{"provision_seconds": 2.5, "existing": [{"id": "b", "name": "mine", "pools": ["p"]}]}"#;
        let config: BalancerConfig = serde_json::from_str(text).unwrap();
        assert_eq!(config.existing[0].pools, ["p"]);
        assert_eq!(Settings::try_from(config).unwrap().provision, Duration::from_millis(2500));
        assert!(serde_json::from_str::<BalancerConfig>(r#"{"provision_second": 1}"#).is_err());
        let wrong = BalancerConfig { fail_rate: 2.0, ..BalancerConfig::default() };
        let refusal = Settings::try_from(wrong).unwrap_err().to_string();
        assert!(refusal.contains("'balancer.fail_rate' is 2"), "{refusal}");
    }
}
