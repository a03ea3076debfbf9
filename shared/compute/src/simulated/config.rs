//! How the simulated cloud behaves, as configured.

use super::balancer::BalancerConfig;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What happens to a creation that a limit leaves no room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenFull {
    /// It is refused.
    #[default]
    Refuse,
    /// It is accepted and ends in `Error`: what Nova does without capacity, and in bursts with quotas.
    AcceptThenError,
}

/// A limit on the number of instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limited {
    /// Most instances.
    pub max: u64,
    /// What happens beyond.
    #[serde(default)]
    pub when_full: WhenFull,
}

impl Limited {
    /// A limit beyond which creations are refused.
    #[must_use]
    pub const fn refusing(max: u64) -> Self {
        Self { max, when_full: WhenFull::Refuse }
    }
}

/// The simulated cloud's behaviour. The default is perfect: no delays, no failures, no limits, tokens.
///
/// A limit counts instances created while it is configured. Delays and failures can be overridden for
/// single instances through their metadata (see [`keys`](super::keys)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulatedConfig {
    /// What all chance derives from.
    pub seed: u64,
    /// Whether creations are idempotent by token, as on EC2; otherwise two identical creations make two
    /// instances, as on Nova.
    pub tokens: bool,
    /// Seconds from acceptance to `Active` or `Error`.
    pub build_seconds: f64,
    /// Seconds from a deletion's acceptance to its end.
    pub delete_seconds: f64,
    /// Seconds from a change's acceptance to its end.
    pub change_seconds: f64,
    /// The share of accepted instances that end in `Error`, 0 to 1.
    pub fail_rate: f64,
    /// The share of calls that are throttled, 0 to 1.
    pub throttle_rate: f64,
    /// How many seconds old the answers of `get` and `list` are.
    pub staleness_seconds: f64,
    /// How old the answers about an instance may be whose metadata asks for that; without it, no older than
    /// all others. The backend promises the larger of the two to its callers, who wait for so long before
    /// they miss an instance.
    pub staleness_limit_seconds: Option<f64>,
    /// Most instances that fit in this cloud.
    pub capacity: Option<Limited>,
    /// Most instances each project may have, failed ones included.
    pub quota: Option<Limited>,
    /// How its load balancing service behaves.
    pub balancer: BalancerConfig,
}

impl Default for SimulatedConfig {
    fn default() -> Self {
        Self {
            seed: 0,
            tokens: true,
            build_seconds: 0.0,
            delete_seconds: 0.0,
            change_seconds: 0.0,
            fail_rate: 0.0,
            throttle_rate: 0.0,
            staleness_seconds: 0.0,
            staleness_limit_seconds: None,
            capacity: None,
            quota: None,
            balancer: BalancerConfig::default(),
        }
    }
}

/// A setting of the simulated backend is out of bounds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the simulated backend's setting '{setting}' is {value}; it must be {bounds}")]
pub struct ConfigError {
    setting: &'static str,
    value: String,
    bounds: &'static str,
}

/// Longest delay that can be set: about three years.
const LONGEST: f64 = 1e8;

/// A span from a number of seconds, if it is one that can be set.
pub(super) fn span(seconds: f64) -> Option<Duration> {
    (0.0..=LONGEST).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

/// What [`span`] accepts.
pub(super) const SPAN_BOUNDS: &str = "a number of seconds from 0 to 100000000";
/// What a rate may be.
pub(super) const RATE_BOUNDS: &str = "a number from 0 to 1";

/// A setting that is a span of time.
pub(super) fn seconds(setting: &'static str, value: f64) -> Result<Duration, ConfigError> {
    span(value).ok_or_else(|| ConfigError { setting, value: value.to_string(), bounds: SPAN_BOUNDS })
}

/// A setting that is a share.
pub(super) fn rate(setting: &'static str, value: f64) -> Result<f64, ConfigError> {
    let allowed = (0.0..=1.0).contains(&value);
    allowed.then_some(value).ok_or_else(|| ConfigError {
        setting,
        value: value.to_string(),
        bounds: RATE_BOUNDS,
    })
}

/// A configuration after its values were checked.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) seed: u64,
    pub(super) tokens: bool,
    pub(super) build: Duration,
    pub(super) delete: Duration,
    pub(super) change: Duration,
    pub(super) fail_rate: f64,
    pub(super) throttle_rate: f64,
    pub(super) staleness: Duration,
    pub(super) staleness_limit: Duration,
    pub(super) capacity: Option<Limited>,
    pub(super) quota: Option<Limited>,
}

impl TryFrom<SimulatedConfig> for Settings {
    type Error = ConfigError;

    fn try_from(config: SimulatedConfig) -> Result<Self, ConfigError> {
        let staleness = seconds("staleness_seconds", config.staleness_seconds)?;
        let limit = config.staleness_limit_seconds.map(|value| seconds("staleness_limit_seconds", value));
        Ok(Self {
            seed: config.seed,
            tokens: config.tokens,
            build: seconds("build_seconds", config.build_seconds)?,
            delete: seconds("delete_seconds", config.delete_seconds)?,
            change: seconds("change_seconds", config.change_seconds)?,
            fail_rate: rate("fail_rate", config.fail_rate)?,
            throttle_rate: rate("throttle_rate", config.throttle_rate)?,
            staleness,
            staleness_limit: limit.transpose()?.unwrap_or_default().max(staleness),
            capacity: config.capacity,
            quota: config.quota,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_names_only_what_differs_from_a_perfect_cloud() {
        let text = r#"{"tokens": false, "build_seconds": 2.5, "capacity": {"max": 3, "when_full": "accept_then_error"}}"#;
        let config: SimulatedConfig = serde_json::from_str(text).unwrap();
        let capacity = Some(Limited { max: 3, when_full: WhenFull::AcceptThenError });
        assert_eq!(
            config,
            SimulatedConfig { tokens: false, build_seconds: 2.5, capacity, ..SimulatedConfig::default() }
        );
        assert_eq!(Settings::try_from(config).unwrap().build, Duration::from_millis(2500));
        assert!(serde_json::from_str::<SimulatedConfig>(r#"{"build_second": 1}"#).is_err());
    }

    #[test]
    fn values_out_of_bounds_are_refused_by_name() {
        for (config, text) in [
            (
                SimulatedConfig { build_seconds: -1.0, ..SimulatedConfig::default() },
                "the simulated backend's setting 'build_seconds' is -1; it must be a number of seconds from 0 to 100000000",
            ),
            (
                SimulatedConfig { fail_rate: 1.5, ..SimulatedConfig::default() },
                "the simulated backend's setting 'fail_rate' is 1.5; it must be a number from 0 to 1",
            ),
            (
                SimulatedConfig { staleness_limit_seconds: Some(-1.0), ..SimulatedConfig::default() },
                "the simulated backend's setting 'staleness_limit_seconds' is -1; it must be a number of seconds from 0 to 100000000",
            ),
            (
                SimulatedConfig { throttle_rate: f64::NAN, ..SimulatedConfig::default() },
                "the simulated backend's setting 'throttle_rate' is NaN; it must be a number from 0 to 1",
            ),
        ] {
            assert_eq!(Settings::try_from(config).unwrap_err().to_string(), text);
        }
    }
}
