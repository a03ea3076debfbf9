//! What a policy wants to stand in front of its cluster (spec schemas §4.4).

use super::error::BalancerError;
use coppice_domain::cluster::JsonMap;
use serde_json::Value;
use std::time::Duration;

/// What a policy of type `senlin.policy.loadbalance` wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// What parts are named after: the cluster's name.
    pub name: String,
    /// A user's balancer to use, by name or id.
    pub balancer: Option<String>,
    /// A user's pool to use. The balancer is the one it is in, and no listener or monitor is made for it.
    pub pool_id: Option<String>,
    /// A user's monitor to use.
    pub monitor_id: Option<String>,
    /// The policy's `vip`.
    pub vip: JsonMap,
    /// The policy's `pool`.
    pub pool: JsonMap,
    /// The policy's `health_monitor`.
    pub monitor: Option<JsonMap>,
    /// The availability zone of a balancer that is made.
    pub zone: Option<String>,
    /// Its flavour.
    pub flavor: Option<String>,
    /// How long it may take until it is ready.
    pub patience: Duration,
}

impl Wanted {
    /// What a policy's resolved properties want for the cluster of this name.
    #[must_use]
    pub fn read(cluster_name: &str, properties: &JsonMap) -> Self {
        let map = |key: &str| properties.get(key).and_then(Value::as_object).cloned();
        let (pool, monitor) = (map("pool").unwrap_or_default(), map("health_monitor"));
        let seconds = properties.get("lb_status_timeout").and_then(Value::as_u64).unwrap_or(300);
        Self {
            name: cluster_name.to_owned(),
            balancer: text(properties, "loadbalancer"),
            pool_id: text(&pool, "id"),
            monitor_id: monitor.as_ref().and_then(|monitor| text(monitor, "id")),
            vip: map("vip").unwrap_or_default(),
            pool,
            monitor,
            zone: text(properties, "availability_zone"),
            flavor: text(properties, "flavor_id"),
            patience: Duration::from_secs(seconds),
        }
    }

    /// The port that members listen on.
    ///
    /// # Errors
    /// When the policy names what is no port.
    pub fn member_port(&self) -> Result<u16, BalancerError> {
        let Some(given) = self.pool.get("protocol_port").filter(|given| !given.is_null()) else {
            return Ok(80);
        };
        let port = given.as_u64().and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
        port.ok_or_else(|| BalancerError::Invalid(format!("The pool's protocol_port {given} is no port.")))
    }

    /// The subnet that members are reached on.
    #[must_use]
    pub fn subnet(&self) -> &str {
        self.pool.get("subnet").and_then(Value::as_str).unwrap_or_default()
    }
}

/// A text that is not empty.
fn text(from: &JsonMap, key: &str) -> Option<String> {
    from.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(properties: &Value) -> Wanted {
        Wanted::read("c", properties.as_object().unwrap())
    }

    #[test]
    fn what_is_null_or_empty_is_not_wanted() {
        let nothing = json!({
            "loadbalancer": null, "availability_zone": "", "flavor_id": null, "lb_status_timeout": null,
            "health_monitor": null, "pool": {"id": null, "subnet": "s"}, "vip": {"subnet": "s"}
        });
        let wanted = read(&nothing);
        assert_eq!((wanted.balancer, wanted.pool_id, wanted.monitor_id), (None, None, None));
        assert_eq!((wanted.zone, wanted.flavor, wanted.monitor), (None, None, None));
        assert_eq!(wanted.patience, Duration::from_secs(300));
    }

    #[test]
    fn what_a_user_has_already_is_named() {
        let wanted = read(&json!({
            "loadbalancer": "mine", "pool": {"id": "p", "subnet": "s", "protocol_port": 8080},
            "health_monitor": {"id": "m"}, "lb_status_timeout": 5
        }));
        let named = (wanted.balancer.as_deref(), wanted.pool_id.as_deref(), wanted.monitor_id.as_deref());
        assert_eq!(named, (Some("mine"), Some("p"), Some("m")));
        assert_eq!((wanted.member_port(), wanted.subnet()), (Ok(8080), "s"));
        assert_eq!(wanted.patience, Duration::from_secs(5));
    }

    #[test]
    fn a_port_is_a_port() {
        assert_eq!(read(&json!({})).member_port(), Ok(80));
        assert_eq!(read(&json!({"pool": {"protocol_port": null}})).member_port(), Ok(80));
        for port in [json!(0), json!(65_536), json!(-1), json!("http")] {
            let refusal = read(&json!({"pool": {"protocol_port": port}})).member_port();
            assert!(matches!(refusal, Err(BalancerError::Invalid(_))), "{port}");
        }
    }
}
