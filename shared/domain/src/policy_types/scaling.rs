//! `senlin.policy.scaling`: by how much a cluster grows or shrinks (spec schemas §4.2).

use super::{PolicyType, Read, invalid};
use crate::cluster::JsonMap;
use crate::fault::Fault;
use crate::schema::support::{Status, VersionSupport};
use crate::schema::{Fallback, Property, Schema};

/// The type. It is the only one of which a cluster takes several.
pub const TYPE: PolicyType = PolicyType {
    name: "senlin.policy.scaling",
    versions: &[VersionSupport { version: "1.0", history: &[(Status::Supported, "2016.04")] }],
    schema: SCHEMA,
    priority: 100,
    singleton: false,
    profile_types: None,
    reads: &[Read::Plain("event"), Read::Used("adjustment")],
    semantics,
    creation: |_| Ok(()),
};

const SCHEMA: Schema = Schema(&[
    Property::string("event", "The action this policy applies to.")
        .required()
        .one_of(&["CLUSTER_SCALE_IN", "CLUSTER_SCALE_OUT"]),
    Property::map("adjustment", ADJUSTMENT, "How the size changes."),
]);

const ADJUSTMENT: Schema =
    Schema(&[
        Property::string("type", "What the number means.")
            .or(Fallback::Text("CHANGE_IN_CAPACITY"))
            .one_of(&["EXACT_CAPACITY", "CHANGE_IN_CAPACITY", "CHANGE_IN_PERCENTAGE"]),
        Property::number("number", "The size, or by how much it changes.").or(Fallback::Integer(1)),
        Property::integer("min_step", "By how many nodes a percentage changes the size at least.")
            .or(Fallback::Integer(1)),
        Property::boolean("best_effort", "Whether to go as far as the size limits allow instead of failing.")
            .or(Fallback::Boolean(false)),
        Property::integer("cooldown", "Seconds after a change before the next one.").or(Fallback::Integer(0)),
    ]);

/// Null passes the schema as a whole number, but compares with nothing.
fn semantics(resolved: &JsonMap, _health_interval_min: i64) -> Result<(), Fault> {
    let number = |key| resolved.get("adjustment").and_then(|adjustment| adjustment.get(key)?.as_f64());
    let given = |key| number(key).ok_or_else(Fault::malformed);
    if given("number")? <= 0.0 {
        return Err(invalid("the 'number' for 'adjustment' must be > 0"));
    }
    for key in ["min_step", "cooldown"] {
        if given(key)? < 0.0 {
            return Err(invalid(format!("the '{key}' for 'adjustment' must be >= 0")));
        }
    }
    Ok(())
}
