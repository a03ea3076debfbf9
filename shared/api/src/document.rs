//! The version documents (spec api-common §2): what the service is and which microversions it speaks.

use crate::microversion::{MAX, MIN};
use crate::openapi::schema::{self, instant, object, text};
use crate::operation::{Answer, Operation, Representation, Shown};
use crate::respond;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

/// What is read without a token: the documents that the pipeline answers with before it looks for one.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::open("/", "List the versions of the API", "versions_index").answers(LIST),
    Operation::open("/versions", "List the versions of the API, by name", "versions_list").answers(LIST),
    Operation::open("/v1", "Show this version of the API", "versions_get")
        .answers(Answer::new(200, VERSION_DOCUMENT).unversioned()),
];

/// The answer of the list of versions.
const LIST: Answer = Answer::new(300, Shown::Many("versions", VERSION)).unversioned();

/// The body of the documents of this version.
pub const VERSION_DOCUMENT: Shown = Shown::One("version", VERSION);

/// What [`version`] makes.
const VERSION: Representation = Representation { name: "Version", schema: version_schema };

fn version_schema() -> Value {
    let link = object([("rel", text()), ("href", text())]);
    object([
        ("id", text()),
        ("status", text()),
        ("updated", instant()),
        ("media-types", schema::list(object([("base", text()), ("type", text())]))),
        ("links", schema::list(link)),
        ("min_version", text()),
        ("max_version", text()),
    ])
}

/// The major version, as `id` and as the path's first segment may spell it.
const ID: &str = "1.0";

/// The version object; its self link is `base` + `/v1`.
#[must_use]
pub fn version(base: &str) -> Value {
    json!({
        "id": ID,
        "status": "CURRENT",
        "updated": "2016-01-18T00:00:00Z",
        "media-types": [{
            "base": "application/json",
            "type": "application/vnd.openstack.clustering-v1+json",
        }],
        "links": [
            { "rel": "self", "href": format!("{base}/v1") },
            { "rel": "help", "href": "https://docs.openstack.org/api-ref/clustering" },
        ],
        "min_version": MIN.to_string(),
        "max_version": MAX.to_string(),
    })
}

/// The list of versions at the root: 300, without microversion headers.
#[must_use]
pub fn list(origin: &str) -> Response {
    respond::json(StatusCode::MULTIPLE_CHOICES, &json!({ "versions": [version(origin)] }))
}

/// The document of `/v1`, read without a token. The reference appends `/v1` to the segment already in
/// the path, and clients that follow the link from the bare root never see it; kept as it is.
#[must_use]
pub fn unauthenticated(origin: &str, segment: &str) -> Response {
    respond::json(StatusCode::OK, &body(origin, segment))
}

/// `{"version": …}` for a path that began with `segment`.
#[must_use]
pub fn body(origin: &str, segment: &str) -> Value {
    json!({ "version": version(&format!("{origin}/{segment}")) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::conform;

    #[test]
    fn the_documents_are_those_recorded() {
        let recorded: Value = serde_json::from_str(
            r#"{"version": {"id": "1.0", "status": "CURRENT", "updated": "2016-01-18T00:00:00Z",
            "media-types": [{"base": "application/json",
                "type": "application/vnd.openstack.clustering-v1+json"}],
            "links": [{"href": "http://127.0.0.1:8778/v1/v1", "rel": "self"},
                {"rel": "help", "href": "https://docs.openstack.org/api-ref/clustering"}],
            "min_version": "1.0", "max_version": "1.14"}}"#,
        )
        .unwrap();
        assert_eq!(body("http://127.0.0.1:8778", "v1"), recorded);
        conform::assert_conforms(VERSION, &recorded["version"]);
        assert_eq!(list("http://127.0.0.1:8778").status(), 300);
        assert_eq!(unauthenticated("http://127.0.0.1:8778", "v1.0").status(), 200);
    }
}
