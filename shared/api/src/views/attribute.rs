//! What a path finds in a node (spec api-resources J2).

use crate::openapi::schema::{object, uuid};
use crate::operation::Representation;
use coppice_domain::ids::NodeId;
use serde_json::{Value, json};

/// The representation of `value`, found in a node.
#[must_use]
pub fn attribute(node: NodeId, value: &Value) -> Value {
    json!({ "id": node, "value": value })
}

/// What [`attribute`] makes.
pub const ATTRIBUTE: Representation = Representation { name: "ClusterAttribute", schema };

fn schema() -> Value {
    object([("id", uuid()), ("value", json!({}))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::conform::assert_conforms;

    #[test]
    fn any_value_looks_as_described() {
        let node: NodeId = "0568bc0f-7d04-4075-a63d-66dfd817c8b8".parse().unwrap();
        for value in [json!(null), json!("ACTIVE"), json!(1), json!({ "a": [true] })] {
            assert_conforms(ATTRIBUTE, &attribute(node, &value));
        }
    }
}
