//! What belongs to no resource: the build's revisions (spec api-resources C), and the API's description.

use crate::openapi::schema::{list, map, object, text, with_optional};
use crate::operation::Representation;
use serde_json::{Value, json};

/// The representation of a build whose parts are at `revision`.
#[must_use]
pub fn build_info(revision: &str) -> Value {
    json!({ "api": { "revision": revision }, "engine": { "revision": revision } })
}

/// What [`build_info`] makes.
pub const BUILD_INFO: Representation = Representation { name: "BuildInfo", schema: build_info_schema };

fn build_info_schema() -> Value {
    let part = || object([("revision", text())]);
    object([("api", part()), ("engine", part())])
}

/// An `OpenAPI` document, as far as this one describes itself.
pub const DESCRIPTION: Representation = Representation { name: "Description", schema: description_schema };

fn description_schema() -> Value {
    let described = object([("openapi", text()), ("info", map()), ("paths", map()), ("components", map())]);
    let described = with_optional(described, "servers", list(map()));
    let described = with_optional(described, "security", list(map()));
    with_optional(described, "tags", list(map()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{conform::assert_conforms, document};

    #[test]
    fn both_look_as_described() {
        assert_conforms(BUILD_INFO, &build_info("1.0"));
        assert_conforms(DESCRIPTION, &document(&[]));
    }
}
