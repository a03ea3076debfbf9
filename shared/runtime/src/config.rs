//! Configuration, from environment variables, read once. See infra/aws/README.md for the list.

use coppice_api::identity::IdentityConfig;
use coppice_compute::health::ProbeSettings;
use coppice_compute::simulated::SimulatedConfig;
use coppice_domain::ids::ReceiverId;
use coppice_engine::{DriftSweep, LeakSweep, Pace, Settings};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a function is told by its environment.
#[derive(Clone, Debug)]
pub struct Config {
    /// The resource table.
    pub table: String,
    /// The action queue's URL.
    pub queue_url: String,
    /// Who validates tokens; only the API functions need it.
    pub identity: Option<IdentityConfig>,
    /// The simulated backend's behaviour.
    pub simulated: SimulatedConfig,
    /// The simulated backend's table.
    pub simulated_table: String,
    /// Where health checks may fetch users' URLs from.
    pub probes: ProbeSettings,
    /// Limits and pace.
    pub settings: Settings,
    /// Receivers by the ARN of what calls them.
    pub triggers: BTreeMap<String, ReceiverId>,
    /// The bus that events are announced on, if they are.
    pub event_bus: Option<String>,
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} {problem}")]
pub struct ConfigError {
    name: &'static str,
    problem: String,
}

/// Overrides of [`Settings`], in seconds, as `COPPICE_SETTINGS` spells them in JSON.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Overrides {
    max_nodes_per_cluster: Option<i64>,
    max_clusters_per_project: Option<i64>,
    default_action_timeout: Option<i64>,
    health_check_interval_min: Option<i64>,
    name_unique: Option<bool>,
    delete_with_dependency: Option<bool>,
    lease_seconds: Option<f64>,
    due_grace_seconds: Option<f64>,
    poll_horizon_seconds: Option<f64>,
    poll_first_seconds: Option<f64>,
    poll_longest_seconds: Option<f64>,
    turn_seconds: Option<f64>,
    concurrency: Option<usize>,
    max_actions_per_batch: Option<usize>,
    batch_interval_seconds: Option<f64>,
    max_attempts: Option<i64>,
    max_hops: Option<i64>,
    retention_days: Option<f64>,
    leak_every_seconds: Option<f64>,
    leak_grace_seconds: Option<f64>,
    leak_overlap_seconds: Option<f64>,
    drift_every_seconds: Option<f64>,
    drift_grace_seconds: Option<f64>,
    drift_nodes: Option<usize>,
    drift_compared: Option<usize>,
    service_down_seconds: Option<f64>,
}

impl Overrides {
    /// Overrides from JSON.
    ///
    /// # Errors
    /// When the text is not JSON, or names a setting that does not exist.
    pub fn parse(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|cause| cause.to_string())
    }

    /// The settings with these overrides.
    #[must_use]
    pub fn apply(&self, to: Settings) -> Settings {
        let span = |seconds: Option<f64>, otherwise: Duration| {
            seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or(otherwise)
        };
        Settings {
            max_nodes_per_cluster: self.max_nodes_per_cluster.unwrap_or(to.max_nodes_per_cluster),
            max_clusters_per_project: self.max_clusters_per_project.unwrap_or(to.max_clusters_per_project),
            default_action_timeout: self.default_action_timeout.unwrap_or(to.default_action_timeout),
            health_check_interval_min: self.health_check_interval_min.unwrap_or(to.health_check_interval_min),
            name_unique: self.name_unique.unwrap_or(to.name_unique),
            delete_with_dependency: self.delete_with_dependency.unwrap_or(to.delete_with_dependency),
            lease: span(self.lease_seconds, to.lease),
            due_grace: span(self.due_grace_seconds, to.due_grace),
            poll_horizon: span(self.poll_horizon_seconds, to.poll_horizon),
            pace: Pace {
                first: span(self.poll_first_seconds, to.pace.first),
                longest: span(self.poll_longest_seconds, to.pace.longest),
            },
            turn: span(self.turn_seconds, to.turn),
            concurrency: self.concurrency.unwrap_or(to.concurrency).max(1),
            max_actions_per_batch: self.max_actions_per_batch.unwrap_or(to.max_actions_per_batch),
            batch_interval: span(self.batch_interval_seconds, to.batch_interval),
            max_attempts: self.max_attempts.unwrap_or(to.max_attempts),
            max_hops: self.max_hops.unwrap_or(to.max_hops),
            retention: span(self.retention_days.map(|days| days * 86_400.0), to.retention),
            leaks: LeakSweep {
                every: span(self.leak_every_seconds, to.leaks.every),
                grace: span(self.leak_grace_seconds, to.leaks.grace),
                overlap: span(self.leak_overlap_seconds, to.leaks.overlap),
            },
            drift: DriftSweep {
                every: span(self.drift_every_seconds, to.drift.every),
                grace: span(self.drift_grace_seconds, to.drift.grace),
                nodes: self.drift_nodes.unwrap_or(to.drift.nodes).max(1),
                compared: self.drift_compared.unwrap_or(to.drift.compared),
            },
            checks: to.checks,
            service_down_time: span(self.service_down_seconds, to.service_down_time),
            deployment: to.deployment,
            receiver_url: to.receiver_url,
        }
    }
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// When a variable is missing or cannot be used.
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that reads the environment")]
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::read(&|name| std::env::var(name).ok())
    }

    /// Reads variables by `look_up`.
    ///
    /// # Errors
    /// When a variable is missing or cannot be used.
    pub fn read(look_up: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let needed = |name: &'static str| {
            look_up(name)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| ConfigError { name, problem: "is not set".to_owned() })
        };
        let optional = |name: &str| look_up(name).filter(|value| !value.is_empty());
        let table = needed("COPPICE_TABLE")?;
        let simulated: SimulatedConfig = given(&optional, "COPPICE_SIMULATED")?;
        let probes: ProbeSettings = given(&optional, "COPPICE_PROBES")?;
        let overrides: Overrides = given(&optional, "COPPICE_SETTINGS")?;
        let mut settings = overrides.apply(Settings::default());
        if let Some(deployment) = optional("COPPICE_DEPLOYMENT") {
            settings.deployment = deployment;
        }
        settings.receiver_url = optional("COPPICE_RECEIVER_URL");
        match optional("COPPICE_COMPUTE").as_deref() {
            None | Some("simulated") => {}
            Some(other) => {
                let problem = format!("names the backend '{other}'; this version has 'simulated'");
                return Err(ConfigError { name: "COPPICE_COMPUTE", problem });
            }
        }
        Ok(Self {
            queue_url: needed("COPPICE_QUEUE_URL")?,
            identity: identity(&optional)?,
            simulated,
            simulated_table: optional("COPPICE_SIMULATED_TABLE")
                .unwrap_or_else(|| format!("{table}-simulated")),
            probes,
            settings,
            event_bus: optional("COPPICE_EVENT_BUS"),
            triggers: given(&optional, "COPPICE_TRIGGERS")?,
            table,
        })
    }
}

/// What a variable says in JSON; the default where it is not set.
fn given<T: DeserializeOwned + Default>(
    optional: &dyn Fn(&str) -> Option<String>,
    name: &'static str,
) -> Result<T, ConfigError> {
    optional(name).map_or_else(|| Ok(T::default()), |json| parse(name, &json))
}

/// `COPPICE_IDENTITY` is `keystone`, with `COPPICE_KEYSTONE_URL` beside it, or a provider's settings in
/// JSON.
fn identity(optional: &dyn Fn(&str) -> Option<String>) -> Result<Option<IdentityConfig>, ConfigError> {
    match optional("COPPICE_IDENTITY").as_deref() {
        None => Ok(None),
        Some("keystone") => {
            let name = "COPPICE_KEYSTONE_URL";
            let url = optional(name).ok_or_else(|| ConfigError { name, problem: "is not set".to_owned() })?;
            let settings = serde_json::json!({ "provider": "keystone", "auth_url": url });
            parse(name, &settings.to_string()).map(Some)
        }
        Some(json) => parse("COPPICE_IDENTITY", json).map(Some),
    }
}

fn parse<T: for<'de> Deserialize<'de>>(name: &'static str, json: &str) -> Result<T, ConfigError> {
    serde_json::from_str(json)
        .map_err(|cause| ConfigError { name, problem: format!("cannot be used: {cause}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variables: HashMap<&str, &str> = pairs.iter().copied().collect();
        Config::read(&|name| variables.get(name).map(|value| (*value).to_owned()))
    }

    const NEEDED: [(&str, &str); 2] =
        [("COPPICE_TABLE", "coppice"), ("COPPICE_QUEUE_URL", "http://127.0.0.1/q")];

    #[test]
    fn a_table_and_a_queue_are_enough_and_the_rest_has_defaults() {
        let config = read(&NEEDED).unwrap();
        assert_eq!(config.simulated_table, "coppice-simulated");
        assert_eq!(config.settings, Settings::default());
        assert!(config.identity.is_none());
    }

    #[test]
    fn what_is_missing_or_misspelt_is_named() {
        let error = read(&NEEDED[..1]).unwrap_err().to_string();
        assert_eq!(error, "the environment variable COPPICE_QUEUE_URL is not set");
        let mut misspelt = NEEDED.to_vec();
        misspelt.push(("COPPICE_SETTINGS", r#"{"lease_secs": 3}"#));
        assert!(read(&misspelt).unwrap_err().to_string().contains("lease_secs"));
        let mut unknown = NEEDED.to_vec();
        unknown.push(("COPPICE_COMPUTE", "moon"));
        assert!(read(&unknown).unwrap_err().to_string().contains("'moon'"));
    }

    #[test]
    fn settings_are_overridden_in_seconds() {
        let mut pairs = NEEDED.to_vec();
        pairs.push((
            "COPPICE_SETTINGS",
            r#"{"lease_seconds": 1.5, "max_attempts": 7, "health_check_interval_min": 5}"#,
        ));
        pairs.push(("COPPICE_IDENTITY", "keystone"));
        pairs.push(("COPPICE_KEYSTONE_URL", "https://keystone.example"));
        let config = read(&pairs).unwrap();
        assert_eq!(config.settings.lease, Duration::from_millis(1500));
        assert_eq!(config.settings.max_attempts, 7);
        assert_eq!(config.settings.health_check_interval_min, 5);
        assert!(matches!(config.identity, Some(IdentityConfig::Keystone(_))));
    }

    #[test]
    fn the_table_of_settings_has_every_key_with_its_default_and_no_other() {
        let document = include_str!("../../../infra/aws/README.md");
        let table = document.lines().skip_while(|line| *line != "| key | default | meaning |").skip(2);
        let rows = table.take_while(|line| line.starts_with('|')).map(|line| {
            let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
            format!(r#""{}": {}"#, cells[1], cells[2])
        });
        let json = format!("{{{}}}", rows.collect::<Vec<_>>().join(", "));
        // A key that does not exist cannot be read, and one that is missing is none.
        let told = Overrides::parse(&json).unwrap();
        assert!(!format!("{told:?}").contains("None"), "{told:?}");
        assert_eq!(told.apply(Settings::default()), Settings::default());
    }

    #[test]
    fn probes_go_nowhere_but_the_internet_unless_they_are_told_to() {
        assert_eq!(read(&NEEDED).unwrap().probes, ProbeSettings::default());
        let mut pairs = NEEDED.to_vec();
        pairs.push(("COPPICE_PROBES", r#"{"allow": ["10.8.0.0/16"]}"#));
        assert_eq!(read(&pairs).unwrap().probes.allow, ["10.8.0.0/16"]);
        pairs.push(("COPPICE_PROBES", r#"{"allow_all": true}"#));
        assert!(read(&pairs).unwrap_err().to_string().contains("COPPICE_PROBES"));
    }

    #[test]
    fn arns_are_mapped_to_receivers_by_id() {
        let id = "6a2f41a3-c54c-4ae5-94d0-6b4ac4d9c8de";
        let mut pairs = NEEDED.to_vec();
        let mapping = format!(r#"{{"arn:aws:sns:us-east-1:123456789012:fleet": "{id}"}}"#);
        pairs.push(("COPPICE_TRIGGERS", &mapping));
        let triggers = read(&pairs).unwrap().triggers;
        assert_eq!(triggers["arn:aws:sns:us-east-1:123456789012:fleet"].to_string(), id);
        assert!(read(&NEEDED).unwrap().triggers.is_empty());
        pairs.pop();
        pairs.push(("COPPICE_TRIGGERS", r#"{"arn:aws:sns:…": "web"}"#));
        assert!(read(&pairs).unwrap_err().to_string().contains("COPPICE_TRIGGERS"));
    }

    #[test]
    fn an_empty_variable_is_as_good_as_none() {
        for (given, kept) in [("", None), ("https://cluster.example", Some("https://cluster.example"))] {
            let mut pairs = NEEDED.to_vec();
            pairs.push(("COPPICE_RECEIVER_URL", given));
            assert_eq!(read(&pairs).unwrap().settings.receiver_url.as_deref(), kept);
        }
    }
}
