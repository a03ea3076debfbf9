//! What a health policy says about noticing failures, in types (spec schemas §4.3).

use crate::cluster::JsonMap;
use serde_json::Value;
use std::time::Duration;

/// How failures are noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The time from one round of checks to the next; never zero.
    pub interval: Duration,
    /// How long a node is left alone after a change.
    pub grace: Duration,
    /// How many of the modes must find a node sick.
    pub conditional: Conditional,
    /// The ways to look at a node, in the policy's order.
    pub modes: Vec<Mode>,
}

/// How many modes it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conditional {
    /// One that finds a node sick is enough.
    AnyFailed,
    /// All must find it sick.
    AllFailed,
}

/// A way to look at a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By its instance's state.
    NodeStatus,
    /// By its instance's state, then by that of the machine beneath, where a backend shows that.
    Hypervisor,
    /// By what a URL answers.
    Url(UrlPoll),
    /// By events, which is no polling.
    Events,
}

/// How a URL is polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlPoll {
    /// The URL, with `{nodename}` in place of the node's name.
    pub url: String,
    /// Whether the server must have a valid certificate.
    pub verify: bool,
    /// Whether a node that cannot be reached is sick.
    pub failure_is_sickness: bool,
    /// What the body of a healthy node's answer contains: a regular expression; empty for anything.
    pub expected: String,
    /// Polls, in all, after which a node counts as sick; at least one is made.
    pub attempts: u64,
    /// From one poll to the next.
    pub pause: Duration,
}

impl Detection {
    /// What a health policy's resolved properties say. Null and what is not there are the defaults; a mode
    /// of a type that is not known is left out.
    #[must_use]
    pub fn read(properties: &JsonMap) -> Self {
        let none = JsonMap::new();
        let part = properties.get("detection").and_then(Value::as_object).unwrap_or(&none);
        let modes = part.get("detection_modes").and_then(Value::as_array).into_iter().flatten();
        let all = part.get("recovery_conditional").and_then(Value::as_str) == Some("ALL_FAILED");
        Self {
            interval: seconds(part, "interval", 60).max(Duration::from_secs(1)),
            grace: seconds(part, "node_update_timeout", 300),
            conditional: if all { Conditional::AllFailed } else { Conditional::AnyFailed },
            modes: modes.filter_map(mode).collect(),
        }
    }
}

impl UrlPoll {
    /// The URL for a node.
    #[must_use]
    pub fn url_of(&self, node: &str) -> String {
        self.url.replace("{nodename}", node)
    }

    /// How long one poll may take: a tenth of the time between polls, and a second at least.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        (self.pause / 10).max(Duration::from_secs(1))
    }
}

fn mode(given: &Value) -> Option<Mode> {
    let none = JsonMap::new();
    let options = given.get("options").and_then(Value::as_object).unwrap_or(&none);
    Some(match given.get("type")?.as_str()? {
        "NODE_STATUS_POLLING" => Mode::NodeStatus,
        "HYPERVISOR_STATUS_POLLING" => Mode::Hypervisor,
        "LIFECYCLE_EVENTS" => Mode::Events,
        "NODE_STATUS_POLL_URL" => Mode::Url(UrlPoll {
            url: text(options, "poll_url"),
            verify: flag(options, "poll_url_ssl_verify"),
            failure_is_sickness: flag(options, "poll_url_conn_error_as_unhealthy"),
            expected: text(options, "poll_url_healthy_response"),
            attempts: whole(options, "poll_url_retry_limit", 3).max(1),
            pause: seconds(options, "poll_url_retry_interval", 3),
        }),
        _ => return None,
    })
}

fn text(from: &JsonMap, key: &str) -> String {
    from.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn flag(from: &JsonMap, key: &str) -> bool {
    from.get(key).and_then(Value::as_bool).unwrap_or(true)
}

/// A whole number that is not negative: what is below zero counts as zero.
fn whole(from: &JsonMap, key: &str, otherwise: u64) -> u64 {
    let given = from.get(key).and_then(Value::as_number);
    given.map_or(otherwise, |given| given.as_u64().unwrap_or(0))
}

fn seconds(from: &JsonMap, key: &str, otherwise: u64) -> Duration {
    Duration::from_secs(whole(from, key, otherwise))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(detection: &Value) -> Detection {
        Detection::read(json!({ "detection": detection }).as_object().unwrap())
    }

    #[test]
    fn what_is_not_said_is_the_default() {
        let expected = Detection {
            interval: Duration::from_secs(60),
            grace: Duration::from_secs(300),
            conditional: Conditional::AnyFailed,
            modes: Vec::new(),
        };
        assert_eq!(read(&json!({})), expected);
        assert_eq!(read(&json!({"interval": null, "node_update_timeout": null})), expected);
        assert_eq!(Detection::read(&JsonMap::new()), expected);
    }

    #[test]
    fn every_mode_is_read_in_its_place() {
        let options = json!({
            "poll_url": "http://{nodename}.example/{nodename}", "poll_url_ssl_verify": false,
            "poll_url_conn_error_as_unhealthy": false, "poll_url_healthy_response": "ok",
            "poll_url_retry_limit": 5, "poll_url_retry_interval": 40
        });
        let detection = read(&json!({
            "interval": 120, "node_update_timeout": 0, "recovery_conditional": "ALL_FAILED",
            "detection_modes": [
                {"type": "NODE_STATUS_POLL_URL", "options": options},
                {"type": "NODE_STATUS_POLLING", "options": {}},
                {"type": "HYPERVISOR_STATUS_POLLING"},
                {"type": "LIFECYCLE_EVENTS"},
                {"type": "TEA_LEAVES"},
            ]
        }));
        let poll = UrlPoll {
            url: "http://{nodename}.example/{nodename}".to_owned(),
            verify: false,
            failure_is_sickness: false,
            expected: "ok".to_owned(),
            attempts: 5,
            pause: Duration::from_secs(40),
        };
        assert_eq!(poll.url_of("n1"), "http://n1.example/n1");
        assert_eq!(poll.timeout(), Duration::from_secs(4));
        assert_eq!(
            detection,
            Detection {
                interval: Duration::from_secs(120),
                grace: Duration::ZERO,
                conditional: Conditional::AllFailed,
                modes: vec![Mode::Url(poll), Mode::NodeStatus, Mode::Hypervisor, Mode::Events],
            }
        );
    }

    #[test]
    fn numbers_that_make_no_sense_are_brought_within_reason() {
        let modes = json!([{"type": "NODE_STATUS_POLL_URL", "options": {
            "poll_url_retry_limit": -4, "poll_url_retry_interval": -1
        }}]);
        let detection = read(&json!({"interval": -5, "node_update_timeout": -1, "detection_modes": modes}));
        assert_eq!((detection.interval, detection.grace), (Duration::from_secs(1), Duration::ZERO));
        let [Mode::Url(poll)] = detection.modes.as_slice() else { panic!("{:?}", detection.modes) };
        assert_eq!((poll.attempts, poll.pause, poll.timeout()), (1, Duration::ZERO, Duration::from_secs(1)));
    }
}
