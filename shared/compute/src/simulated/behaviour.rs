//! How one instance behaves: the configuration, overridden by metadata.

use super::config::{RATE_BOUNDS, SPAN_BOUNDS, Settings, span};
use crate::error::ComputeError;
use crate::request::CreateRequest;
use serde_json::Value;
use std::time::Duration;

/// Metadata keys that set one instance's behaviour. They are read from the instance's metadata, then
/// from `metadata` in its spec. Values may be numbers or their text, since Nova's metadata is text.
pub mod keys {
    /// Seconds from acceptance to `Active` or `Error`.
    pub const BUILD_SECONDS: &str = "simulated.build_seconds";
    /// Seconds a deletion takes.
    pub const DELETE_SECONDS: &str = "simulated.delete_seconds";
    /// Seconds a change takes.
    pub const CHANGE_SECONDS: &str = "simulated.change_seconds";
    /// Seconds an instance takes to shut down, when an update needs it off.
    pub const SHUTDOWN_SECONDS: &str = "simulated.shutdown_seconds";
    /// Which changes fail, by name and separated by commas: operations, `update`, `label`.
    pub const FAIL_CHANGES: &str = "simulated.fail_changes";
    /// The probability of ending in `Error`, 0 to 1.
    pub const FAIL_RATE: &str = "simulated.fail_rate";
    /// How many seconds old the answers about the instance are, at most the configuration's
    /// `staleness_limit_seconds`.
    pub const STALENESS_SECONDS: &str = "simulated.staleness_seconds";
    /// Most instances with this setting that fit in the cluster, or in the project for those of no cluster;
    /// the creation of another finds no host.
    pub const CAPACITY: &str = "simulated.capacity";
    /// How the creation fails: `error` or `true` (accepted, then `Error`), `capacity`, `quota`, `invalid`
    /// (refused), `timeout` (takes effect, and the answer is lost); `false` or empty for not at all.
    pub const FAIL: &str = "simulated.fail";
}

/// What Nova says of an instance that found no host.
pub(super) const NO_VALID_HOST: &str = "No valid host was found. There are not enough hosts available.";

/// How a creation is made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Error,
    Capacity,
    Quota,
    Invalid,
    AnswerLost,
}

/// How one instance behaves.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Behaviour {
    pub(super) build: Duration,
    pub(super) delete: Duration,
    pub(super) change: Duration,
    pub(super) fail_rate: f64,
    /// None where it is the backend's.
    pub(super) staleness: Option<Duration>,
    /// The limit of its own that it counts towards.
    pub(super) capacity: Option<u64>,
    pub(super) failure: Option<Failure>,
}

impl Behaviour {
    /// The behaviour a request asks for; `Invalid` for a value that cannot be read.
    pub(super) fn of(settings: &Settings, request: &CreateRequest) -> Result<Self, ComputeError> {
        let seconds = |key, default| match setting(request, key) {
            None => Ok(default),
            Some(value) => number(value).and_then(span).ok_or_else(|| unreadable(key, value, SPAN_BOUNDS)),
        };
        let fail_rate = match setting(request, keys::FAIL_RATE) {
            None => settings.fail_rate,
            Some(value) => number(value)
                .filter(|rate| (0.0..=1.0).contains(rate))
                .ok_or_else(|| unreadable(keys::FAIL_RATE, value, RATE_BOUNDS))?,
        };
        let failure = match setting(request, keys::FAIL) {
            None => None,
            Some(value) => failure(value).ok_or_else(|| {
                unreadable(keys::FAIL, value, "one of error, capacity, quota, invalid, timeout, true, false")
            })?,
        };
        let staleness = match setting(request, keys::STALENESS_SECONDS) {
            None => None,
            Some(value) => Some(staleness(settings, value)?),
        };
        let capacity = match setting(request, keys::CAPACITY) {
            None => None,
            Some(value) => Some(whole(value).ok_or_else(|| {
                unreadable(keys::CAPACITY, value, "a whole number of instances, 0 or more")
            })?),
        };
        Ok(Self {
            build: seconds(keys::BUILD_SECONDS, settings.build)?,
            delete: seconds(keys::DELETE_SECONDS, settings.delete)?,
            change: seconds(keys::CHANGE_SECONDS, settings.change)?,
            fail_rate,
            staleness,
            capacity,
            failure,
        })
    }
}

fn setting<'a>(request: &'a CreateRequest, key: &str) -> Option<&'a Value> {
    request.metadata.get(key).or_else(|| request.spec.get("metadata")?.get(key))
}

pub(super) fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Callers are promised that no answer is older than the configuration says.
fn staleness(settings: &Settings, value: &Value) -> Result<Duration, ComputeError> {
    let limit = settings.staleness_limit;
    number(value).and_then(span).filter(|asked| *asked <= limit).ok_or_else(|| {
        let bounds = format!(
            "a number of seconds from 0 to {}, which the backend's setting 'staleness_limit_seconds' raises",
            limit.as_secs_f64()
        );
        unreadable(keys::STALENESS_SECONDS, value, &bounds)
    })
}

/// `None` for what is not a way to fail, `Some(None)` for not failing.
fn failure(value: &Value) -> Option<Option<Failure>> {
    let text = match value {
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        other => other.as_str()?,
    };
    failure_named(text)
}

/// The way to fail that has this name; see [`keys::FAIL`].
pub(super) fn failure_named(text: &str) -> Option<Option<Failure>> {
    Some(match text {
        "false" | "" => None,
        "true" | "error" => Some(Failure::Error),
        "capacity" => Some(Failure::Capacity),
        "quota" => Some(Failure::Quota),
        "invalid" => Some(Failure::Invalid),
        "timeout" => Some(Failure::AnswerLost),
        _ => return None,
    })
}

fn unreadable(key: &str, value: &Value, bounds: &str) -> ComputeError {
    ComputeError::Invalid(format!("Invalid value {value} for metadata '{key}': it must be {bounds}."))
}

/// What Nova says when a project has all it may have.
pub(super) fn quota_text(max: u64) -> String {
    format!("Quota exceeded for instances: Requested 1, but already used {max} of {max} instances")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulated::SimulatedConfig;
    use crate::testing::request;
    use serde_json::json;

    fn behaviour(metadata: &Value, spec: &Value) -> Result<Behaviour, ComputeError> {
        let settings = Settings::try_from(SimulatedConfig {
            build_seconds: 9.0,
            delete_seconds: 8.0,
            fail_rate: 0.25,
            ..SimulatedConfig::default()
        });
        let mut request = request(1, 1);
        request.metadata = metadata.as_object().cloned().unwrap();
        request.spec = spec.as_object().cloned().unwrap();
        Behaviour::of(&settings.unwrap(), &request)
    }

    #[test]
    fn metadata_overrides_the_profiles_metadata_which_overrides_the_configuration() {
        let spec = json!({"metadata": {"simulated.build_seconds": "2", "simulated.delete_seconds": 3}});
        let metadata = json!({"simulated.build_seconds": 0.5, "simulated.fail": "timeout"});
        assert_eq!(
            behaviour(&metadata, &spec),
            Ok(Behaviour {
                build: Duration::from_millis(500),
                delete: Duration::from_secs(3),
                change: Duration::ZERO,
                fail_rate: 0.25,
                staleness: None,
                capacity: None,
                failure: Some(Failure::AnswerLost),
            })
        );
    }

    #[test]
    fn every_way_to_fail_has_a_name() {
        for (value, expected) in [
            (json!(true), Some(Failure::Error)),
            (json!("true"), Some(Failure::Error)),
            (json!("error"), Some(Failure::Error)),
            (json!("capacity"), Some(Failure::Capacity)),
            (json!("quota"), Some(Failure::Quota)),
            (json!("invalid"), Some(Failure::Invalid)),
            (json!("timeout"), Some(Failure::AnswerLost)),
            (json!(false), None),
            (json!(""), None),
        ] {
            let behaviour = behaviour(&json!({"simulated.fail": value}), &json!({})).unwrap();
            assert_eq!(behaviour.failure, expected, "{value}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_read_is_an_invalid_request_that_says_what_to_write() {
        for (metadata, text) in [
            (
                json!({"simulated.build_seconds": "soon"}),
                "Invalid value \"soon\" for metadata 'simulated.build_seconds': it must be a number of seconds from 0 to 100000000.",
            ),
            (
                json!({"simulated.fail_rate": 2}),
                "Invalid value 2 for metadata 'simulated.fail_rate': it must be a number from 0 to 1.",
            ),
            (
                json!({"simulated.staleness_seconds": 0.5}),
                "Invalid value 0.5 for metadata 'simulated.staleness_seconds': it must be a number of seconds from 0 to 0, which the backend's setting 'staleness_limit_seconds' raises.",
            ),
            (
                json!({"simulated.capacity": 1.5}),
                "Invalid value 1.5 for metadata 'simulated.capacity': it must be a whole number of instances, 0 or more.",
            ),
            (
                json!({"simulated.fail": "badly"}),
                "Invalid value \"badly\" for metadata 'simulated.fail': it must be one of error, capacity, quota, invalid, timeout, true, false.",
            ),
        ] {
            assert_eq!(behaviour(&metadata, &json!({})), Err(ComputeError::Invalid(text.to_owned())));
        }
    }
}
