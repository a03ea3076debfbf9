//! `senlin.policy.loadbalance`: makes the nodes of a cluster members of a load balancer's pool
//! (spec schemas §4.4).

use super::{PolicyType, Read, SERVERS, invalid};
use crate::cluster::JsonMap;
use crate::fault::Fault;
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};
use serde_json::Value;

/// The type.
pub const TYPE: PolicyType = PolicyType {
    name: "senlin.policy.loadbalance",
    versions: &[
        VersionSupport { version: "1.0", history: &[(Status::Supported, "2016.04")] },
        VersionSupport { version: "1.1", history: &[(Status::Supported, "2018.01")] },
        VersionSupport { version: "1.2", history: &[(Status::Supported, "2020.02")] },
        VersionSupport { version: "1.3", history: &[(Status::Supported, "2020.03")] },
    ],
    schema: SCHEMA,
    priority: 500,
    singleton: true,
    profile_types: SERVERS,
    reads: &[
        Read::Plain("pool"),
        Read::Plain("vip"),
        Read::Plain("health_monitor"),
        Read::Plain("availability_zone"),
        Read::Plain("flavor_id"),
        Read::Plain("lb_status_timeout"),
        Read::Plain("loadbalancer"),
    ],
    semantics: |_, _| Ok(()),
    creation,
};

const PROTOCOLS: &[&str] = &["HTTP", "HTTPS", "TCP"];

const SCHEMA: Schema = Schema(&[
    Property::map("pool", POOL, "The pool whose members the nodes are."),
    Property::map("vip", VIP, "The address and port clients connect to."),
    Property::map("health_monitor", HEALTH_MONITOR, "How the load balancer watches its members."),
    Property::integer("lb_status_timeout", "Seconds to wait for the load balancer to be ready.")
        .or(Fallback::Integer(300)),
    Property::string("loadbalancer", "Existing load balancer to use, by name or id."),
    Property::string("availability_zone", "Availability zone of the load balancer."),
    Property::string("flavor_id", "Flavor of the load balancer."),
]);

const POOL: Schema = Schema(&[
    Property::string("protocol", "Protocol of the members.").or(Fallback::Text("HTTP")).one_of(PROTOCOLS),
    Property::integer("protocol_port", "Port the members listen on.").or(Fallback::Integer(80)),
    Property::string("subnet", "Subnet of the members, by name or id.").required(),
    Property::string("lb_method", "How requests are shared out.")
        .or(Fallback::Text("ROUND_ROBIN"))
        .one_of(&["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"]),
    Property::boolean("admin_state_up", "Whether the pool is in use.").or(Fallback::Boolean(true)),
    Property::map("session_persistence", SESSION_PERSISTENCE, "How a client stays with a member.")
        .or(Fallback::EmptyMap),
    Property::string("id", "Id of an existing pool to use."),
]);

const SESSION_PERSISTENCE: Schema = Schema(&[
    Property::string("type", "What a client is recognised by.").one_of(&[
        "SOURCE_IP",
        "HTTP_COOKIE",
        "APP_COOKIE",
        "NONE",
    ]),
    Property::string("cookie_name", "Name of the application's cookie."),
]);

const VIP: Schema = Schema(&[
    Property::string("subnet", "Subnet of the address, by name or id."),
    Property::string("network", "Network of the address, by name or id."),
    Property::string("address", "The address itself."),
    Property::integer("connection_limit", "Connections a second at most; -1 for any number.")
        .or(Fallback::Integer(-1)),
    Property::string("protocol", "Protocol clients speak.").or(Fallback::Text("HTTP")).one_of(PROTOCOLS),
    Property::integer("protocol_port", "Port clients connect to.").or(Fallback::Integer(80)),
    Property::boolean("admin_state_up", "Whether the address is in use.").or(Fallback::Boolean(true)),
]);

const HEALTH_MONITOR: Schema = Schema(&[
    Property::string("type", "How a member is probed.")
        .or(Fallback::Text("PING"))
        .one_of(&["PING", "TCP", "HTTP", "HTTPS"]),
    Property::integer("delay", "Milliseconds between probes.").or(Fallback::Integer(10)),
    Property::integer("timeout", "Milliseconds a probe may take to connect.").or(Fallback::Integer(5)),
    Property::integer("max_retries", "Failures after which a member is out.").or(Fallback::Integer(3)),
    Property::boolean("admin_state_up", "Whether members are watched.").or(Fallback::Boolean(true)),
    Property::string("http_method", "Method of an HTTP probe.").one_of(&["GET", "POST", "PUT", "DELETE"]),
    Property::string("url_path", "Path an HTTP probe asks for."),
    Property::string("expected_codes", "Status codes an HTTP probe takes for health."),
    Property::string("id", "Id of an existing monitor to use."),
]);

/// A balancer needs members and an address; the reference crashes where either is not described.
fn creation(resolved: &JsonMap) -> Result<(), Fault> {
    let part = |name: &str| {
        let part = resolved.get(name).filter(|value| value.is_object());
        part.ok_or_else(|| invalid(format!("The '{name}' property must be specified.")))
    };
    part("pool")?;
    let vip = part("vip")?;
    let given = |key: &str| vip.get(key).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    if given("subnet") || given("network") {
        return Ok(());
    }
    Err(invalid("At least one of VIP Subnet or Network must be defined."))
}
