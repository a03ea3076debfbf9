//! Profile and policy types (spec api-resources D, F). They are rendered where they are defined, in the
//! domain; here is what they look like.

use crate::microversion::Feature;
use crate::openapi::schema::{boolean, list, map, map_of, object, reference, since, text, with_optional};
use crate::operation::Representation;
use serde_json::{Value, json};

/// An item of the list of types.
pub const LISTED_TYPE: Representation = Representation { name: "ListedType", schema: listed };

/// A type.
pub const TYPE: Representation = Representation { name: "Type", schema: shown };

/// What the nodes of a type can be told to do, by name.
pub const OPERATIONS: Representation = Representation { name: "Operations", schema: operations };

/// A property of a spec.
pub const TYPE_PROPERTY: Representation = Representation { name: "TypeProperty", schema: property };

/// Until microversion 1.4 a name with the version in it, afterwards with the version and its support.
fn listed() -> Value {
    object([
        ("name", text()),
        ("version", since(Feature::TypeSupportStatus, text())),
        ("support_status", since(Feature::TypeSupportStatus, support())),
    ])
}

fn shown() -> Value {
    object([
        ("name", text()),
        ("schema", map_of(reference(TYPE_PROPERTY.name))),
        ("support_status", since(Feature::TypeSupportStatus, support())),
    ])
}

/// The degrees of support of each version, oldest first.
fn support() -> Value {
    map_of(list(object([("status", text()), ("since", text())])))
}

/// An operation that takes any parameters looks like a property.
fn operations() -> Value {
    let declared = object([("description", text()), ("parameters", map_of(parameter()))]);
    map_of(json!({ "anyOf": [declared, reference(TYPE_PROPERTY.name)] }))
}

fn property() -> Value {
    let mut property = with_optional(parameter(), "schema", map_of(reference(TYPE_PROPERTY.name)));
    property["properties"]["updatable"] = boolean();
    property["required"] = json!(["type", "required", "updatable"]);
    property
}

fn parameter() -> Value {
    let parameter = object([("type", text()), ("required", boolean())]);
    let parameter = with_optional(parameter, "description", text());
    let parameter = with_optional(parameter, "default", json!({}));
    with_optional(parameter, "constraints", list(map()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::conform::assert_conforms;
    use coppice_domain::{policy_types, profile_types};

    #[test]
    fn every_profile_type_looks_as_described() {
        for detailed in [false, true] {
            for item in profile_types::list(detailed) {
                assert_conforms(LISTED_TYPE, &item);
            }
            for each in &profile_types::ALL {
                assert_conforms(TYPE, &each.show(detailed));
            }
        }
        for each in &profile_types::ALL {
            assert_conforms(OPERATIONS, &each.show_operations());
        }
    }

    #[test]
    fn every_policy_type_looks_as_described() {
        for detailed in [false, true] {
            for item in policy_types::list(detailed, true) {
                assert_conforms(LISTED_TYPE, &item);
            }
            for item in policy_types::list(false, true) {
                let key = item["name"].as_str().unwrap();
                assert_conforms(TYPE, &policy_types::show(key, detailed).unwrap());
            }
        }
    }
}
